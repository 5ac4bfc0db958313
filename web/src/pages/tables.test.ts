import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leastWidth } from '../parts/tracks';

/** Every table of the pages: the exports that hold its rows, offered on the same page; or why there is none. */
const TABLES: Record<string, string[] | { why: string }> = {
  '../parts/BacktestParts.tsx': ['backtest-parts'],
  'alerts/Alerts.tsx': ['alerts'],
  'cases/Cases.tsx': ['cases'],
  'churn/Churn.tsx': ['churn-bands', 'churn-owners', 'leavers'],
  'churn/Picture.tsx': ['churn-windows'],
  'churn/ProductLines.tsx': ['product-lines', 'line-leavers'],
  'churn/Reasons.tsx': ['churn-reasons', 'reason-agreement'],
  'customer/Indicators.tsx': ['customer-indicators'],
  'customers/Customers.tsx': ['customers'],
  'data/CheckStep.tsx': { why: 'rows of a file that is being imported: they leave as rejects.csv once it is' },
  'data/Files.tsx': ['imports'],
  'data/MapStep.tsx': { why: 'columns of a file that is being imported' },
  'data/live/Held.tsx': ['held'],
  'data/pull/Preview.tsx': { why: 'columns of a source that is being set up' },
  'data/pull/Runs.tsx': ['runs'],
  'data/quality/Quality.tsx': ['quality'],
  'indicators/Catalog.tsx': ['indicators'],
  'indicators/build/Consequence.tsx': { why: 'a draft being written: nothing of it is kept' },
  'indicators/compare/Compare.tsx': ['comparison'],
  'lookback/Lookback.tsx': ['lookback'],
  'models/Compare.tsx': { why: 'five figures of two models, worked out for the page: those of each leave with its own' },
  'models/Model.tsx': ['model-figures', 'model-months'],
  'models/Models.tsx': ['models'],
  'pool/Pool.tsx': ['pool'],
  'pool/Returns.tsx': ['pool-returns'],
  'postmortem/PostMortem.tsx': { why: 'five figures of a rule that is only proposed' },
  'promises/Promises.tsx': ['promises'],
  'reminders/Agenda.tsx': ['reminders'],
  'reminders/Festival.tsx': ['greetings'],
  'renewals/Calendar.tsx': ['renewal-owners', 'renewal-months'],
  'renewals/Renewals.tsx': ['renewals'],
  'review/Found.tsx': ['review-rules'],
  'review/Month.tsx': ['review-month'],
  'review/Paper.tsx': { why: 'the printed sheet of the week, whose rows leave as the review' },
  'scorecards/Consequence.tsx': { why: 'a draft being written: nothing of it is kept' },
  'scorecards/Learn.tsx': { why: 'weights that are only suggested: nothing of them is kept' },
  'scorecards/Replay.tsx': ['backtest', 'backtest-bands'],
  'scorecards/Scorecards.tsx': ['scorecards'],
  'segments/Segment.tsx': ['customers'],
  'segments/Segments.tsx': ['segments'],
  'segments/ValueRisk.tsx': ['value-risk'],
  'settings/Advice.tsx': ['advice'],
  'settings/Audit.tsx': ['audit'],
  'settings/Definitions.tsx': ['definitions'],
  'settings/Tokens.tsx': ['tokens'],
  'settings/notices/Channels.tsx': ['channels'],
  'settings/notices/Deliveries.tsx': ['notices'],
  'settings/staff/Invited.tsx': ['invitations'],
  'settings/staff/Organisation.tsx': ['staff'],
  'settings/staff/Roles.tsx': ['roles'],
  'settings/staff/StaffSheetImport.tsx': { why: 'rows of a file that is being imported' },
  'sheets/Applied.tsx': ['sheet'],
  'sheets/Differences.tsx': { why: 'cells of a file that is being brought back' },
  'sheets/Sheets.tsx': ['sheets'],
  'team/Breaches.tsx': ['team'],
  'team/Team.tsx': ['desks'],
  'today/Today.tsx': ['today'],
};

/** Lists that are no tables, and leave all the same. */
const LISTS = ['budget', 'churn', 'conflicts', 'review', 'rfm', 'rules', 'sources'];

const pages = join('src', 'pages');
const texts = new Map(
  (readdirSync('src', { recursive: true }) as string[]).filter((name) => name.endsWith('.tsx') && !name.includes('.test.')).map((name) => [join('src', name), readFileSync(join('src', name), 'utf8')]),
);
const draws = (text: string) => /<Sheet\b|<table\b|role="table"/.test(text);
/** The exports that a text offers. */
const offered = (text: string) => [...text.matchAll(/<Export what="([\w-]+)"/g)].map((match) => match[1]!);

interface Described { paths: Record<string, Record<string, { parameters?: { name: string; schema: { enum?: string[] } }[] }>> }
const described = JSON.parse(readFileSync(join('..', 'crates', 'server', 'openapi.json'), 'utf8')) as Described;
const files = Object.entries(described.paths).flatMap(([path, methods]) => {
  if (!path.startsWith('/api/exports/')) return [];
  const named = methods.get?.parameters?.find((one) => one.name === 'table')?.schema.enum;
  return named ?? [path.slice('/api/exports/'.length)];
});
const doors = files.map((file) => file.replace(/\.xlsx$/, '')).sort();

describe('every table', () => {
  it('is listed here with its export or with why it has none', () => {
    const drawn = [...texts].filter(([name, text]) => draws(text) && name !== join('src', 'parts', 'Sheet.tsx')).map(([name]) => name);
    expect(drawn.sort()).toEqual(Object.keys(TABLES).map((name) => join(pages, ...name.split('/'))).sort());
  });

  it('offers its export on the page that draws it', () => {
    for (const [name, told] of Object.entries(TABLES)) {
      if (!Array.isArray(told)) continue;
      const folder = dirname(join(pages, ...name.split('/')));
      const near = [...texts].filter(([path]) => dirname(path) === folder).flatMap(([, text]) => offered(text));
      expect(told.filter((one) => !near.includes(one)), name).toEqual([]);
    }
  });

  it('leaves by a door that the server has, and no door is without a page', () => {
    const asked = [...new Set([...texts.values()].flatMap(offered))].sort();
    expect(asked).toEqual(doors);
    const listed = [...Object.values(TABLES).flatMap((told) => (Array.isArray(told) ? told : [])), ...LISTS];
    expect([...new Set(listed)].sort()).toEqual(doors);
  });

  it('knows how much room its columns need', () => {
    expect(leastWidth(['minmax(180px, 2fr)', '112px', '1fr'])).toBe(180 + 112 + 4 * 20);
  });
});
