import { useText } from '../data/language.tsx';

/** The first year of the notice. */
const firstYear = 2023;

/** Chooses a year from the notice's first to the current one. */
export function YearFilter({
  year,
  choose,
}: {
  readonly year: number;
  readonly choose: (year: string) => void;
}) {
  const t = useText();
  const current = new Date().getFullYear();
  const years = Array.from({ length: Math.max(1, current - firstYear + 1) }, (_, back) => current - back);
  return (
    <div className="fit">
      <label htmlFor="year">{t({ zh: '年度', en: 'Year' })}</label>
      <select id="year" value={year} onChange={({ target }) => choose(target.value)}>
        {years.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </div>
  );
}
