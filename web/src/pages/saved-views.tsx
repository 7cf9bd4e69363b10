import { useState } from 'react';
import { useText } from '../data/language.tsx';
import { filterNames, type TaskFilter } from '../data/task-filter.ts';

interface View {
  readonly name: string;
  readonly search: Readonly<Record<string, string>>;
}

const key = (person: string) => `portal.views#${person}`;

function kept(person: string): readonly View[] {
  try {
    return JSON.parse(localStorage.getItem(key(person)) ?? '[]');
  } catch {
    return [];
  }
}

/** Filters that somebody uses again and again, under names of their own, on this device. */
export function SavedViews({
  person,
  search,
  set,
}: {
  readonly person: string;
  readonly search: TaskFilter & { readonly sort?: string | undefined };
  readonly set: (values: Readonly<Record<string, string | undefined>>) => void;
}) {
  const t = useText();
  const [views, setViews] = useState(() => kept(person));
  const [name, setName] = useState('');
  const keep = (next: readonly View[]) => {
    setViews(next);
    try {
      localStorage.setItem(key(person), JSON.stringify(next));
    } catch {
      // A browser that keeps nothing has them until it is closed.
    }
  };
  const all = [...filterNames, 'sort'] as const;
  const save = () => {
    const now = Object.fromEntries(all.flatMap((one) => (search[one] ? [[one, search[one]]] : [])));
    keep([...views.filter((view) => view.name !== name.trim()), { name: name.trim(), search: now }]);
    setName('');
  };
  return (
    <details className="fit">
      <summary>{t({ zh: `我的视图（${views.length}）`, en: `My views (${views.length})` })}</summary>
      <ul className="plain-list">
        {views.map((view) => (
          <li key={view.name}>
            <button
              type="button"
              className="plain"
              onClick={() =>
                set({ ...Object.fromEntries(all.map((one) => [one, undefined])), ...view.search })
              }
            >
              {view.name}
            </button>
            <button
              type="button"
              className="plain"
              aria-label={t({ zh: `删除视图 ${view.name}`, en: `Delete the view ${view.name}` })}
              onClick={() => keep(views.filter((one) => one !== view))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <label htmlFor="view-name">{t({ zh: '保存当前筛选为', en: 'Keep these filters as' })}</label>
      <input id="view-name" value={name} maxLength={40} onChange={({ target }) => setName(target.value)} />
      <button type="button" disabled={name.trim() === ''} onClick={save}>
        {t({ zh: '保存', en: 'Keep' })}
      </button>
    </details>
  );
}
