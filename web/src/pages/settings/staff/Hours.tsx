// When a unit works: as the unit above it does, or on days and at hours of its own, over midnight too.

import { Button, Checkbox, Form, Input, Radio, Switch } from 'antd';
import type { Organisation, WorkHours } from '../../../api/types';
import { Icon } from '../../../parts/Icon';
import { useSay } from '../../../words/say';
import { pathOf } from './tree';

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** What the form holds. */
export interface HoursTold { own: boolean; hours: WorkHours }

/** The unit whose hours count for one that has none: the nearest above with its own, else the house (null). */
function keeperOf(all: Organisation, id: number | null): Organisation['units'][number] | null {
  const unit = all.units.find((one) => one.id === id);
  if (!unit) return null;
  return unit.work_hours ? unit : keeperOf(all, unit.parent_id ?? null);
}

/** The hours that count for a unit, and whose they are. */
export function hoursOf(all: Organisation, id: number | null): { hours: WorkHours; of: string | null } {
  const keeper = keeperOf(all, id);
  return { hours: keeper?.work_hours ?? all.house_hours, of: keeper ? pathOf(all.units, keeper.id) : null };
}

export const toldHours = (all: Organisation, own: WorkHours | null | undefined, above: number | null): HoursTold => ({ own: own != null, hours: own ?? hoursOf(all, above).hours });

/** Hours in a line: 周一至周五 09:00–18:00，节假日休息. */
export function useHoursText() {
  const { t } = useSay();
  return (hours: WorkHours): string => {
    const days = WEEK.filter((day) => hours.days.includes(day));
    const places = days.map((day) => WEEK.indexOf(day));
    const name = (day: (typeof WEEK)[number]) => t(`hours.day.${day}`);
    const isRun = days.length > 2 && places.every((place, index) => index === 0 || place === places[index - 1]! + 1);
    const on = days.length === 7 ? t('hours.every_day') : isRun ? t('hours.from_to', { from: name(days[0]!), to: name(days.at(-1)!) }) : days.map(name).join(t('punctuation.list'));
    const spans = hours.spans.map((span) => `${span.from}–${span.to <= span.from ? t('hours.next_day', { time: span.to }) : span.to}`).join(t('punctuation.list'));
    return [`${on} ${spans}`, t(hours.keeps_holidays ? 'hours.holidays_off' : 'hours.holidays_on')].join(t('punctuation.comma'));
  };
}

/** The part of a unit's form that says when it works. `above` is what it stands below, as chosen now. */
export function HoursFields({ all, above }: { all: Organisation; above: number | null }) {
  const { t } = useSay();
  const text = useHoursText();
  const inherited = hoursOf(all, above);
  const needsDay = { validator: (_: unknown, days: string[] | undefined) => (days?.length ? Promise.resolve() : Promise.reject(new Error(t('hours.no_day')))) };
  return (
    <>
      <Form.Item name={['work', 'own']} label={t('hours.label')} extra={t('hours.hint')}>
        <Radio.Group options={[{ value: false, label: t('hours.inherit', { of: inherited.of ?? t('hours.house'), hours: text(inherited.hours) }) }, { value: true, label: t('hours.own') }]} style={{ display: 'grid', gap: 8 }} />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldValue }) => getFieldValue(['work', 'own']) === true && (
          <>
            <Form.Item name={['work', 'hours', 'days']} label={t('hours.days')} rules={[needsDay]}><Checkbox.Group options={WEEK.map((day) => ({ value: day, label: t(`hours.day.${day}`) }))} /></Form.Item>
            <Form.Item label={t('hours.spans')} extra={t('hours.spans_hint')} required>
              <Form.List name={['work', 'hours', 'spans']}>
                {(spans, { add, remove }) => (
                  <div style={{ display: 'grid', gap: 8 }}>
                    {spans.map(({ key, name }) => (
                      <div key={key} className="line">
                        <Form.Item name={[name, 'from']} noStyle rules={[{ required: true, message: t('setup.needed') }]}><Input type="time" aria-label={t('hours.from', { place: name + 1 })} style={{ width: 130 }} /></Form.Item>
                        <span className="quiet">–</span>
                        <Form.Item name={[name, 'to']} noStyle rules={[{ required: true, message: t('setup.needed') }]}><Input type="time" aria-label={t('hours.to', { place: name + 1 })} style={{ width: 130 }} /></Form.Item>
                        {spans.length > 1 && <Button type="text" size="small" icon={<Icon name="close" size={16} />} aria-label={t('hours.remove', { place: name + 1 })} onClick={() => remove(name)} />}
                      </div>
                    ))}
                    {spans.length < 4 && <Button type="link" size="small" style={{ justifySelf: 'start', paddingInline: 0 }} onClick={() => add({ from: '', to: '' })}>{t('hours.add')}</Button>}
                  </div>
                )}
              </Form.List>
            </Form.Item>
            <Form.Item name={['work', 'hours', 'keeps_holidays']} label={t('hours.holidays')} valuePropName="checked"><Switch /></Form.Item>
          </>
        )}
      </Form.Item>
    </>
  );
}
