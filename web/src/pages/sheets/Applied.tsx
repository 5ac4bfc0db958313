// A file that was brought back: what it changed, and taking it back.

import { Link, useParams } from 'react-router';
import { useSheet, useSheetWork } from '../../api/sheets';
import type { SheetCellRow } from '../../api/types';
import { CustomerName } from '../../parts/CustomerName';
import { Export, Head } from '../../parts/Head';
import { useRefused } from '../../parts/refused';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Fault } from '../../parts/States';
import { useMoment } from '../../frame/moment';
import { useSay } from '../../words/say';
import { FromTo } from './Differences';
import { TakeBack } from './Sheets';
import './sheets.css';

export default function AppliedPage() {
  const { t, count, dayTime } = useSay();
  const refused = useRefused();
  const { canAct } = useMoment();
  const id = Number(useParams().id);
  const { data, error, refetch } = useSheet(id);
  const { undo } = useSheetWork();
  const sheet = data?.sheet;
  const columns: Column<SheetCellRow>[] = [
    { key: 'row', title: t('sheets.row'), width: '56px', right: true, cell: (cell) => <span className="quiet">{cell.row}</span> },
    { key: 'customer', title: t('col.customer'), width: 'minmax(150px, 1.1fr)', cell: (cell) => <CustomerName id={cell.customer_id} name={cell.customer_name} /> },
    { key: 'what', title: t('sheets.what'), width: '96px', cell: (cell) => t(`sheets.field.${cell.field}`) },
    { key: 'becomes', title: t('sheets.becomes'), width: 'minmax(220px, 1.6fr)', cell: (cell) => <FromTo {...cell} /> },
    { key: 'state', title: t('sheets.state'), width: '110px', cell: (cell) => <span className={cell.undone ? 'quiet' : ''}>{t(cell.undone ? 'sheets.cell_undone' : 'sheets.stands')}</span> },
  ];
  return (
    <div className="page">
      <Head
        title={t('sheets.page')} sentence={sheet?.file_name ?? t('sheets.page')}
        sub={<span><Link to="/sheets">{t('sheets.back')}</Link>{sheet && <> · {sheet.by} · {dayTime(sheet.at)} · {t('sheets.cells_are', { count: sheet.cell_count, shown: count(sheet.cell_count), customers: count(sheet.customer_count) })}{sheet.undone_at && <> · {t('sheets.was_undone', { who: sheet.undone_by ?? '', when: dayTime(sheet.undone_at), shown: count(sheet.undone_count ?? 0) })}</>}</>}</span>}
        acts={sheet && <><Export what="sheet" query={{ id }} />{!sheet.undone_at && canAct && <TakeBack sheet={sheet} busy={undo.isPending} undo={(one) => undo.mutate(one, { onError: refused })} />}</>}
      />
      {error && !data ? <Fault error={error} what={t('sheets.page')} again={() => void refetch()} />
        : !data ? <BoneRows rows={6} />
          : <Sheet label={t('sheets.page')} columns={columns} rows={data.cells} rowKey={(cell) => `${cell.row}:${cell.field}`} rowHeight={52} grows minWidth={760} keys={false}
              card={(cell) => <div className="sheets-card"><div className="line"><CustomerName id={cell.customer_id} name={cell.customer_name} /><span className="push small quiet nowrap">{t('sheets.row')} {cell.row}</span></div><div className="line small wrap"><span className="quiet">{t(`sheets.field.${cell.field}`)}</span><FromTo {...cell} /></div>{cell.undone && <div className="small quiet">{t('sheets.cell_undone')}</div>}</div>} />}
    </div>
  );
}
