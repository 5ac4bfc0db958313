// Weights of sisters as sliders: one is moved, the others give way in proportion, and the sum stays 100.

import { Slider } from 'antd';
import { useSay } from '../../words/say';

interface WeightProps { name: string; percent: number; alone: boolean; set: (percent: number) => void; fixed: boolean }

export function Weight({ name, percent, alone, set, fixed }: WeightProps) {
  const { t } = useSay();
  return (
    <span className="weight">
      <Slider className="weight-slider" min={1} max={100} value={percent} disabled={alone || fixed} onChange={(next: number) => set(next)} ariaLabelForHandle={t('card.weight_of', { name })} tooltip={{ open: false }} />
      <span className="number weight-figure">{percent}%</span>
    </span>
  );
}
