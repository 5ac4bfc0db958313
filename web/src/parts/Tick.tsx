// A tick box of a row: the browser's own control, since a list draws dozens of them at once.

interface TickProps {
  label: string;
  checked: boolean;
  /** Some of what it stands for, but not all. */
  partly?: boolean;
  disabled?: boolean;
  set: (checked: boolean) => void;
}

export function Tick({ label, checked, partly = false, disabled, set }: TickProps) {
  return (
    <input
      type="checkbox" className="tick" aria-label={label} checked={checked} disabled={disabled}
      ref={(box) => { if (box) box.indeterminate = partly; }} onChange={(event) => set(event.target.checked)}
    />
  );
}
