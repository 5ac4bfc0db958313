// The tree of units as the pages walk it.

import type { UnitRow } from '../../../api/types';

/** Units in the order of the tree, each with how deep it stands. */
export function inOrder(units: UnitRow[], parent: number | null = null, depth = 0): { unit: UnitRow; depth: number }[] {
  return units.filter((one) => one.parent_id === parent).flatMap((unit) => [{ unit, depth }, ...inOrder(units, unit.id, depth + 1)]);
}

/** The path of a unit, from the top. */
export function pathOf(units: UnitRow[], id: number | null): string {
  const unit = units.find((one) => one.id === id);
  if (!unit) return '';
  const above = pathOf(units, unit.parent_id);
  return above ? `${above} / ${unit.name}` : unit.name;
}

/** Units to choose from, by their paths; a unit is not put below itself. */
export const unitOptions = (units: UnitRow[], without: number | null = null) =>
  inOrder(units)
    .filter(({ unit }) => without === null || (unit.id !== without && !inOrder(units, without).some((one) => one.unit.id === unit.id)))
    .map(({ unit }) => ({ value: unit.id, label: pathOf(units, unit.id) }));
