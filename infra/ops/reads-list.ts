import type * as z from 'zod';
import { ReadSchema } from '../../functions/audit/read-store.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { readFromApi, type Target } from './api-call.ts';
import { tableLines } from './words.ts';

/** Which reads are asked for, see `ReadStore.list`. */
interface Sought {
  readonly person?: string | undefined;
  readonly application?: string | undefined;
  readonly day?: string | undefined;
}

const PageSchema = pageOf(ReadSchema);

/** Shows who was given personal data of others, newest first. @throws OpsError */
export async function listReads(target: Target, sought: Sought, json: boolean): Promise<string> {
  const found: z.output<typeof ReadSchema>[] = [];
  let cursor: string | undefined;
  do {
    const asked = Object.entries({ ...sought, limit: '100', cursor }).filter(([, one]) => one !== undefined);
    const query = new URLSearchParams(asked as [string, string][]);
    const page = PageSchema.parse(await readFromApi(target, `/v1/audit/reads?${query}`));
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  if (json) return JSON.stringify(found);
  const lines = found.map(
    ({ at, person, roles, grants, personal, route, of, applications, requestId, reason }) => [
      ...[at, person, roles.join(' '), grants.join(' '), personal.join(' '), route],
      Object.values(of).join(' '),
      applications.length > 3 ? `${applications.length} applications` : applications.join(' '),
      ...[requestId, reason ?? ''],
    ],
  );
  return [
    ...tableLines([
      ['at', 'person', 'role', 'grant', 'what', 'route', 'of', 'application', 'request', 'reason'],
      ...lines,
    ]),
    `${found.length} reads`,
  ].join('\n');
}
