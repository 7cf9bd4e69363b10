import type { Bilingual } from '../../../functions/shared/text.ts';
import { useText } from '../data/language.tsx';
import type { TaskFilter } from '../data/task-filter.ts';

/** How many tasks there are, each count a filter. */
export function Counts({
  counts,
  filter,
  set,
}: {
  readonly counts: {
    readonly open: number;
    readonly overdue: number;
    readonly dueSoon: number;
    readonly mine: number;
  };
  readonly filter: TaskFilter;
  readonly set: (values: Readonly<Record<string, string | undefined>>) => void;
}) {
  const t = useText();
  const none = { overdue: undefined, mine: undefined };
  const isAll = filter.overdue === undefined && filter.mine === undefined;
  return (
    <div className="actions">
      <button type="button" aria-pressed={isAll} onClick={() => set(none)}>
        {t({ zh: `全部 ${counts.open}`, en: `All ${counts.open}` })}
      </button>
      <button
        type="button"
        aria-pressed={filter.mine !== undefined}
        onClick={() => set({ ...none, mine: 'true' })}
      >
        {t({ zh: `我领取的 ${counts.mine}`, en: `Mine ${counts.mine}` })}
      </button>
      <button
        type="button"
        aria-pressed={filter.overdue !== undefined}
        onClick={() => set({ ...none, overdue: 'true' })}
      >
        {t({ zh: `已逾期 ${counts.overdue}`, en: `Overdue ${counts.overdue}` })}
      </button>
      <span>
        {t({ zh: `三日内到期 ${counts.dueSoon} 件`, en: `${counts.dueSoon} due within three days` })}
      </span>
    </div>
  );
}

/** One filter of a list: all, or one of what there is. */
export function Choice({
  name,
  label,
  value,
  options,
  set,
}: {
  readonly name: string;
  readonly label: Bilingual;
  readonly value: string | undefined;
  readonly options: readonly (readonly [id: string, title: string])[];
  readonly set: (values: Readonly<Record<string, string | undefined>>) => void;
}) {
  const t = useText();
  return (
    <div>
      <label htmlFor={name}>{t(label)}</label>
      <select
        id={name}
        value={value ?? ''}
        onChange={({ target }) => set({ [name]: target.value || undefined })}
      >
        <option value="">{t({ zh: '全部', en: 'All' })}</option>
        {options.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
        {value !== undefined && !options.some(([id]) => id === value) && (
          <option value={value}>{value}</option>
        )}
      </select>
    </div>
  );
}
