// The board: a column for each stage, a card for each case. A card is carried by mouse, by keys or by its menu; what the
// stage needs is asked then. A phone shows the list instead, where a stage is one filter away.

import { App } from 'antd';
import { useCallback, useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { CaseRow, CaseStage, CaseTypePage } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { useBoard } from '../../parts/BoardColumn';
import { useMover } from '../../parts/Moving';
import { useSay } from '../../words/say';
import { caseAddress } from './address';
import { Column } from './Column';
import { stagesOf } from './Filters';

interface BoardProps { query: URLSearchParams; types?: CaseTypePage; now: string }

/** The stages that a case may be brought to from where it stands, by its type. */
function reachable(types: CaseTypePage | undefined, row: CaseRow): ReadonlySet<string> {
  const moves = types?.types.find((one) => one.id === row.type_id)?.moves ?? [];
  return new Set(moves.filter((move) => move.from.includes(row.stage) && move.to && move.to !== row.stage).map((move) => move.to!));
}

export function Board({ query, types, now }: BoardProps) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const { bring } = useMover();
  const navigate = useNavigate();
  const { board, carried: held, carry: setHeld, beside } = useBoard<CaseRow>();
  const { message } = App.useApp();
  const stages = useMemo(() => stagesOf(types, query.get('type')), [types, query]);
  const goals = useMemo(() => (held ? reachable(types, held) : null), [types, held]);
  const filter = useMemo(() => Object.fromEntries(['who', 'type', 'overdue', 'search', 'sort'].map((key) => [key, query.get(key)])), [query]);

  const carry = useCallback((row: CaseRow, stage: CaseStage) => {
    setHeld(null);
    if (canAct && row.stage !== stage.id) bring(row, stage.id);
  }, [canAct, bring, setHeld]);
  /** To the next column in this direction that the case may go to. */
  const shift = useCallback((row: CaseRow, step: 1 | -1) => {
    const may = reachable(types, row);
    const from = stages.findIndex((stage) => stage.id === row.stage);
    const ahead = step === 1 ? stages.slice(from + 1) : stages.slice(0, from).reverse();
    const goal = ahead.find((stage) => may.has(stage.id));
    if (goal) carry(row, goal);
    else void message.info(t('cases.no_way', { name: row.customer_name }));
  }, [types, stages, carry, message, t]);
  return (
    <>
      {canAct && <p className="hidden" id="board-keys">{t('cases.board_keys')}</p>}
      <div className="board" ref={board} role="group" aria-label={t('cases.views.board')}>
        {stages.map((stage) => (
          <Column
            key={stage.id} stage={stage} filter={filter} now={now} query={query} isGoal={goals?.has(stage.id) ?? false} isHeld={held !== null && held.stage !== stage.id} canAct={canAct}
            hold={setHeld} drop={() => { if (held) carry(held, stage); }} shift={shift} beside={beside} open={(row) => void navigate(caseAddress(row.id, query))}
          />
        ))}
      </div>
    </>
  );
}
