// A condition as a tree: branches that say how their parts are joined, parts that ask one question each; each of them can
// be turned round or made to last.

import { Button, Dropdown, Select } from 'antd';
import { Complaints } from '../../../parts/Field';
import { Icon } from '../../../parts/Icon';
import { useSay } from '../../../words/say';
import { useAround } from './around';
import { Asking, Lasts, Least } from './Asking';
import { asking, branch, isBranch, isOfThePresent, isWhole, leaf, SORTINGS, within, type Branch, type Leaf, type Part, type Sort, type Trail } from './condition';
import { changed } from './draft';

interface TreeProps { root: Branch; set: (next: Branch) => void; of: 'when' | 'clear' }

export function Tree({ root, set, of }: TreeProps) {
  const change = (trail: Trail, next: Part | null) => set(changed(root, trail, next));
  return <BranchBox part={root} trail="" change={change} of={of} lasts={root.lasting !== null} place="" />;
}

interface BoxProps<P extends Part> {
  part: P;
  trail: Trail;
  change: (trail: Trail, next: Part | null) => void;
  of: 'when' | 'clear';
  /** Whether something around it lasts already: one thing at a time does. */
  lasts: boolean;
  /** `2.1`, for those who do not see the tree. */
  place: string;
}

/** What is wrong with this part itself, and not with one inside it. */
function useOwnWrong(of: string, trail: Trail) {
  const { wrong } = useAround();
  const at = trail === '' ? of : `${of}.${trail}`;
  return wrong.filter((one) => one.trail === at);
}

function BranchBox({ part, trail, change, of, lasts, place }: BoxProps<Branch>) {
  const { t } = useSay();
  const isRoot = trail === '';
  const wrong = useOwnWrong(of, trail);
  const set = (next: Partial<Branch>) => change(trail, { ...part, ...next });
  const hasHead = !isRoot || part.parts.length > 1 || part.join !== 'all' || part.not || part.lasting !== null;
  return (
    <div className={isRoot ? 'rule-branch' : 'rule-branch rule-inner'} role="group" aria-label={isRoot ? t(`rules.trees.${of}`) : t('rules.group_at', { place })} data-wrong={wrong.length > 0 || undefined}>
      {hasHead && (
        <div className="line">
          {part.not && <NotWord />}
          <Select size="small" aria-label={t('rules.join')} value={part.join} popupMatchSelectWidth={false} style={{ minWidth: 116 }} options={(['all', 'any', 'at_least'] as const).map((one) => ({ value: one, label: t(`rules.joins.${one}`) }))} onChange={(join: Branch['join']) => set({ join })} />
          {part.join === 'at_least' && <><Least value={part.least} most={part.parts.length} set={(least) => set({ least })} /><span className="small soft">{t('rules.of_these')}</span></>}
          <span className="push line rule-acts"><More part={part} change={(next) => change(trail, next)} lasts={lasts && part.lasting === null} />{!isRoot && <Remove words={t('rules.remove_group')} run={() => change(trail, null)} />}</span>
        </div>
      )}
      {part.lasting && <Lasts value={part.lasting} set={(lasting) => set({ lasting })} />}
      {part.parts.map((one, index) => {
        const inside = { trail: within(trail, index), change, of, lasts: lasts || part.lasting !== null, place: place ? `${place}.${index + 1}` : String(index + 1) };
        return (
          <div key={index} className="rule-part">
            {index > 0 && part.join !== 'at_least' && <span className="rule-joint small quiet" aria-hidden="true">{t(`rules.joints.${part.join}`)}</span>}
            {isBranch(one) ? <BranchBox part={one} {...inside} /> : <LeafBox part={one} {...inside} alone={isRoot && part.parts.length === 1} />}
          </div>
        );
      })}
      <Complaints list={wrong} />
      <Add add={(next) => set({ parts: [...part.parts, next] })} hasGroups={place.split('.').length < 3} lasting={lasts || part.lasting !== null} isFirst={part.parts.length === 0} />
    </div>
  );
}

function LeafBox({ part, trail, change, of, lasts, place, alone }: BoxProps<Leaf> & { alone: boolean }) {
  const { t } = useSay();
  const wrong = useOwnWrong(of, trail);
  const whole = isWhole(part);
  return (
    <div className="rule-leaf" role="group" aria-label={t('rules.condition_at', { place, sort: t(`rules.sorts.${part.asks.sort}`) })} data-wrong={wrong.length > 0 || undefined}>
      <div className="line rule-leaf-head">
        {part.not && <NotWord />}
        <span className="small quiet">{t(`rules.sorts.${part.asks.sort}`)}</span>
        {!whole && <span className="small rule-open">{t('rules.unfinished')}</span>}
        <span className="push line rule-acts">
          <More part={part} change={(next) => change(trail, next)} lasts={lasts} />
          {!(alone && !whole) && <Remove words={t('rules.remove')} run={() => change(trail, alone ? leaf(asking('number')) : null)} />}
        </span>
      </div>
      <Asking asks={part.asks} set={(asks) => change(trail, { ...part, asks })} />
      {part.lasting && <Lasts value={part.lasting} set={(lasting) => change(trail, { ...part, lasting })} />}
      <Complaints list={wrong} />
    </div>
  );
}

function NotWord() {
  return <span className="rule-not small">{useSay().t('rules.not')}</span>;
}

function Remove({ words, run }: { words: string; run: () => void }) {
  return <Button type="text" size="small" icon={<Icon name="close" size={14} />} aria-label={words} onClick={run} />;
}

/** Turning round and lasting. */
function More({ part, change, lasts }: { part: Part; change: (next: Part) => void; lasts: boolean }) {
  const { t } = useSay();
  const { lasting } = part;
  const offersLasting = !lasts && (lasting !== null || !isOfThePresent(part));
  const kind = lasting === null ? null : lasting.daily ? 'daily' : 'times';
  const check = (on: boolean, words: string) => <span className="line">{words}<span className="push">{on && <Icon name="check" size={14} />}</span></span>;
  return (
    <Dropdown
      trigger={['click']} placement="bottomRight"
      menu={{
        items: [
          { key: 'not', label: check(part.not, t('rules.turn')) },
          ...(!offersLasting ? [] : [{ key: 'daily', label: check(kind === 'daily', t('rules.make_daily')) }, { key: 'times', label: check(kind === 'times', t('rules.make_times')) }]),
        ],
        onClick: ({ key }) => {
          if (key === 'not') change({ ...part, not: !part.not });
          else if (key === kind) change({ ...part, lasting: null });
          else change({ ...part, lasting: key === 'daily' ? { times: 3, everyDays: 1, daily: true } : { times: 3, everyDays: 7, daily: false } });
        },
      }}
    >
      <Button type="text" size="small" icon={<Icon name="more" size={14} />} aria-label={t('rules.more')} />
    </Dropdown>
  );
}

const OFFERED: Sort[] = ['number', 'count', 'traits', ...SORTINGS];

function Add({ add, hasGroups, isFirst, lasting }: { add: (part: Part) => void; hasGroups: boolean; isFirst: boolean; lasting: boolean }) {
  const { t } = useSay();
  const { vocabulary } = useAround();
  const offered = OFFERED.filter((one) => one !== 'segment' || (vocabulary?.segments.length ?? 0) > 0).filter((one) => one !== 'traits' || (vocabulary?.traits.length ?? 0) > 0).filter((one) => !lasting || !['segment', 'tag', 'tier', 'rfm'].includes(one));
  return (
    <div className="line rule-add">
      <Dropdown
        trigger={['click']}
        menu={{ items: offered.map((one) => ({ key: one, label: <span><span>{t(`rules.sorts.${one}`)}</span> <span className="small quiet">{t(`rules.sorts_mean.${one}`)}</span></span> })), onClick: ({ key }) => add(leaf(asking(key as Sort))) }}
      >
        <Button type={isFirst ? 'default' : 'text'} size="small" icon={<Icon name="plus" size={14} />}>{t('rules.add')}</Button>
      </Dropdown>
      {hasGroups && !isFirst && <Button type="text" size="small" icon={<Icon name="plus" size={14} />} onClick={() => add(branch([leaf(asking('number'))], 'any'))}>{t('rules.add_group')}</Button>}
    </div>
  );
}
