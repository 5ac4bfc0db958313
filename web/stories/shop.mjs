// A small shop's export with headers of its own, a few rows that cannot be right, and people who stopped coming.

const DAY = 86_400_000;
const day = (ago) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);

export const HEADERS = ['顾客编号', '单号', '下单日期', '实付', '门店'];
/** Headers that no guess knows. */
export const UNKNOWN_HEADERS = { who: '顾客编号', howMuch: '实付' };
export const REGULARS = 40;
export const STOPPED = 8;
export const BROKEN = 3;

export function ordersFile() {
  const lines = [HEADERS.join(',')];
  let number = 1000;
  for (let person = 1; person <= REGULARS; person += 1) {
    const stops = person <= STOPPED ? 45 + person : 1 + (person % 7);
    const every = 7 + (person % 4);
    for (let ago = 420; ago > stops; ago -= every) {
      number += 1;
      lines.push([`M${String(person).padStart(3, '0')}`, `S${number}`, day(ago), String(80 + ((person * 37 + ago * 11) % 300)), person % 2 ? '人民路店' : '湖滨店'].join(','));
    }
  }
  lines.push(`,S1,${day(3)},88,人民路店`, `M001,S2,不是日期,88,人民路店`, `M002,S3,${day(4)},很多,湖滨店`);
  return { name: '会员订单.csv', mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`), rows: lines.length - 1 };
}
