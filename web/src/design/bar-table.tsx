import { yuan } from '../data/format.ts';
import { useText } from '../data/language.tsx';

/** Sums of money as a table whose rows are bars, in the order that they come in. */
export function BarTable({
  caption,
  what,
  sums,
}: {
  readonly caption: string;
  /** What the rows are. */
  readonly what: string;
  /** In fen, by name. */
  readonly sums: ReadonlyMap<string, number>;
}) {
  const t = useText();
  const rows = [...sums];
  const most = Math.max(1, ...rows.map(([, fen]) => fen));
  return (
    <table className="bars">
      <caption>{caption}</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">{what}</th>
          <th scope="col">{t({ zh: '图示', en: 'Bar' })}</th>
          <th scope="col">{t({ zh: '金额（元）', en: 'Amount (CNY)' })}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, fen]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td aria-hidden="true">
              <svg width="100%" height="16" focusable="false">
                <title>{name}</title>
                <rect className="bar" width={`${(Math.max(0, fen) / most) * 100}%`} height="16" />
              </svg>
            </td>
            <td className="number">{yuan(fen)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
