import { useQuery } from '@tanstack/react-query';
import { type Answer, ask } from '../data/api.ts';
import { useText } from '../data/language.tsx';
import { BarTable } from '../design/bar-table.tsx';
import { Failed } from '../design/parts.tsx';

type Total = Answer<'GET /v1/register/totals'>['items'][number];

/** What was paid of the whole register by year, and of a year by clause and by district, as the filter narrows it. */
export function RegisterCharts({
  year,
  clause,
  district,
  nameOf,
}: {
  readonly year: number;
  readonly clause: string | undefined;
  readonly district: string | undefined;
  /** A district's name by its code. */
  readonly nameOf: (district: string) => string;
}) {
  const t = useText();
  const { data, error, refetch } = useQuery({
    queryKey: ['register-totals'],
    queryFn: async () => (await ask('GET /v1/register/totals')).body.items,
    staleTime: 60_000,
  });
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  const fits = data?.filter(
    (total) => (!clause || total.clause === clause) && (!district || total.district === district),
  );
  if (!fits || fits.length === 0) return null;
  const ofYear = fits.filter((total) => total.year === year);
  return (
    <section className="columns" aria-label={t({ zh: '图表', en: 'Charts' })}>
      <BarTable
        caption={t({ zh: '各年度拨付净额（元）', en: 'Paid by year, net (CNY)' })}
        what={t({ zh: '年度', en: 'Year' })}
        sums={netBy(fits, (total) => String(total.year))}
      />
      {ofYear.length > 0 && (
        <>
          <BarTable
            caption={t({ zh: `${year} 年各条款拨付净额（元）`, en: `Paid by clause in ${year}, net (CNY)` })}
            what={t({ zh: '条款', en: 'Clause' })}
            sums={largestFirst(netBy(ofYear, (total) => total.clause))}
          />
          <BarTable
            caption={t({ zh: `${year} 年各区拨付净额（元）`, en: `Paid by district in ${year}, net (CNY)` })}
            what={t({ zh: '区', en: 'District' })}
            sums={largestFirst(netBy(ofYear, (total) => nameOf(total.district)))}
          />
        </>
      )}
      <p className="soft small">
        {t({
          zh: '净额为银行已拨付的金额减去银行退回和追回的金额；退回或追回记在发生的年度。',
          en: 'Net is what the bank paid, less what came back to it and what was recovered, each in the year that it happened.',
        })}
      </p>
    </section>
  );
}

/** In fen, by group. */
function netBy(totals: readonly Total[], groupOf: (total: Total) => string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const total of totals) {
    const net = total.paid - total.returned - total.recovered;
    sums.set(groupOf(total), (sums.get(groupOf(total)) ?? 0) + net);
  }
  return sums;
}

function largestFirst(sums: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...sums].sort(([, one], [, other]) => other - one));
}
