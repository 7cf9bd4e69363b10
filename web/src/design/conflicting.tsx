import { labelOf } from '../data/field-labels.ts';
import type { Typed } from '../data/form.ts';
import { useText } from '../data/language.tsx';
import type { OpenItem } from '../data/queries.ts';

/** What another tab or a colleague has saved meanwhile. */
export interface Conflict {
  readonly theirs: Typed;
  readonly etag: string;
}

/** Both sides of a form that two have changed, beside each other. */
export function Conflicting({
  conflict,
  typed,
  item,
  keep,
  take,
}: {
  readonly conflict: Conflict;
  readonly typed: Typed;
  readonly item: OpenItem;
  readonly keep: () => void;
  readonly take: () => void;
}) {
  const t = useText();
  const fields = [...new Set([...Object.keys(typed), ...Object.keys(conflict.theirs)])].filter(
    (field) => (typed[field] ?? '') !== (conflict.theirs[field] ?? ''),
  );
  return (
    <div className="told warn" role="alert">
      <h2>{t({ zh: '内容在别处被修改', en: 'It was changed elsewhere' })}</h2>
      <p>
        {t({
          zh: '另一个页面或同事已保存了不同的内容。请选择保留哪一份；两份都没有丢失。',
          en: 'Another tab, or a colleague, has saved something else. Choose which one to keep. Neither is lost so far.',
        })}
      </p>
      <div className="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">{t({ zh: '内容', en: 'Field' })}</th>
              <th scope="col">{t({ zh: '本页', en: 'This page' })}</th>
              <th scope="col">{t({ zh: '服务器', en: 'Server' })}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field}>
                <th scope="row">{labelOf(field, item, t)}</th>
                <td>{typed[field] || '—'}</td>
                <td>{conflict.theirs[field] || '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="actions">
        <button type="button" className="first" onClick={keep}>
          {t({ zh: '保留本页内容', en: 'Keep this page’s' })}
        </button>
        <button type="button" onClick={take}>
          {t({ zh: '采用服务器内容', en: 'Take the server’s' })}
        </button>
      </div>
    </div>
  );
}
