import type { RegisterStore } from '../../register/register-store.ts';
import { currentYear } from '../../shared/clock.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import { listAwards, type PublicationDependencies } from '../notice/list-awards.ts';
import { homePage } from './home-page.ts';

/** Awards of a year that the page shows; all of them are in the listing that it links to. */
const shown = 100;

/** The home page. A notice that began in the last days of a year is looked for in the year before. */
export async function showHome(
  deps: PublicationDependencies & { readonly register: Pick<RegisterStore, 'lastRoot'> },
): Promise<string> {
  const year = currentYear(deps.clock);
  const [current, earlier, lastRoot] = await Promise.all([
    listAwards(deps, { year, limit: shown }),
    listAwards(deps, { year: year - 1, limit: shown }),
    deps.register.lastRoot(shanghaiDate(deps.clock())),
  ]);
  return homePage(
    deps.policy.notice,
    [
      ...current.items,
      ...earlier.items.filter((award) => award.status === 'noticed' || award.status === 'notice-ended'),
    ],
    lastRoot,
  );
}
