import { describe, expect, it } from 'vitest';
import { count, daysBetween, money, moneyWhole, month, near, points, share, signed } from './moment';

const ZONE = 'Asia/Shanghai';
const NOW = '2025-12-03T01:12:00Z'; // 09:12 in Shanghai

describe('amounts as people write them', () => {
  it.each([
    [864_000, '¥86.4 万', '¥864k'],
    [8_640, '¥8,640', '¥8,640'],
    [12_300, '¥1.2 万', '¥12.3k'],
    [118_000_000, '¥1.2 亿', '¥118M'],
    [1_250_000, '¥125 万', '¥1.3M'],
    [99_960_000, '¥1 亿', '¥100M'],
    [-12_000, '−¥1.2 万', '−¥12k'],
    [0, '¥0', '¥0'],
  ])('%d is %s and %s', (value, zh, en) => {
    expect(money(value, 'CNY', 'zh')).toBe(zh);
    expect(money(value, 'CNY', 'en')).toBe(en);
  });

  it('keeps every digit for the hover', () => expect(moneyWhole(864_123.5, 'CNY', 'zh')).toBe('¥864,123.5'));
  it('speaks other currencies', () => expect(money(864_000, 'USD', 'en')).toBe('$864k'));
  it('separates thousands', () => expect(count(1_234_567.89, 'zh')).toBe('1,234,567.9'));
  it('gives shares in per cent', () => expect(share(0.0146, 'zh')).toBe('1.5%'));
  it('signs with a true minus, and zero without a sign', () => {
    expect(signed(-12, 'zh')).toBe('−12');
    expect(signed(3, 'en')).toBe('+3');
    expect(signed(-0.01, 'zh')).toBe('0');
  });
  it('lines up the points of contributions', () => {
    expect(points(-8, 'zh')).toBe('−8.0');
    expect(points(0.04, 'zh')).toBe('0.0');
  });
});

describe('moments, near ones relative', () => {
  it.each([
    ['2025-12-03T10:00:00Z', '今天 18:00', 'today 18:00'],
    ['2025-12-02T15:59:00Z', '昨天 23:59', 'yesterday 23:59'],
    ['2025-12-02T16:00:00Z', '今天 00:00', 'today 00:00'],
    ['2025-12-04T02:00:00Z', '明天 10:00', 'tomorrow 10:00'],
    ['2025-11-30T02:00:00Z', '3 天前', '3 days ago'],
    ['2025-12-07T02:00:00Z', '4 天后', 'in 4 days'],
    ['2025-06-01T02:00:00Z', '2025-06-01', '1 Jun 2025'],
  ])('%s is %s', (at, zh, en) => {
    expect(near(at, NOW, ZONE, 'zh')).toBe(zh);
    expect(near(at, NOW, ZONE, 'en')).toBe(en);
  });

  it('takes a date without time as a day of the firm, in any zone', () => {
    expect(near('2025-12-03', NOW, 'America/New_York', 'zh')).toBe('明天');
    expect(near('2025-12-03', NOW, ZONE, 'zh')).toBe('今天');
  });
  it('counts days of the calendar, not of 24 hours', () => expect(daysBetween('2025-12-02T15:00:00Z', NOW, ZONE)).toBe(1));
  it('names months', () => {
    expect(month('2025-06', 'zh', true)).toBe('2025 年 6 月');
    expect(month('2025-06', 'en')).toBe('Jun');
  });
});
