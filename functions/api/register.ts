import { registerRoutes } from '../contracts/register.ts';
import { yearRoots } from '../register/close-register-day.ts';
import { downloadRegister, listEntries } from '../register/list-entries.ts';
import { RegisterStore } from '../register/register-store.ts';
import { registerSums } from '../register/sum-register.ts';
import { noLogins } from '../shared/actor.ts';
import { currentYear, systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { openTables } from '../shared/table.ts';

const parts = {
  store: new RegisterStore(openTables(readEnvironment('api/register')).budget),
  clock: systemClock,
};
const sums = registerSums(parts);
/** An entry may be missing for a minute; none is ever changed. */
const cached = { 'cache-control': 'public, max-age=60' };

/** Routes of the public register. */
export const handler = httpDoor(registerRoutes, noLogins, {
  listRegister: async ({ query }) => ({ body: await listEntries(parts, query), headers: cached }),
  sumRegister: async () => ({ body: { items: await sums() }, headers: cached }),
  downloadRegister: async ({ query }) => {
    const { year, text, nextCursor } = await downloadRegister(parts, query);
    const next = new URLSearchParams({ year: String(year), format: query.format, cursor: nextCursor ?? '' });
    return {
      body: text,
      headers: {
        ...cached,
        'content-type': query.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
        'content-disposition': `attachment; filename="register-${year}.${query.format}"`,
        ...(nextCursor !== undefined && { link: `</v1/register/download?${next}>; rel="next"` }),
      },
    };
  },
  listRegisterRoots: async ({ query }) => {
    const roots = await yearRoots(parts, query.year ?? currentYear(parts.clock));
    const items = roots.map((root) => ({ ...root, provisional: root.closedAt === undefined }));
    return { body: { items }, headers: cached };
  },
});
