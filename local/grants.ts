/** Grants the roles of the demo's officials in a fresh instance, through the routes that people use. */
import * as z from 'zod';
import type { Log } from './contracts.ts';
import { type DemoUser, demoUsers, identifierOf, initialAdmins } from './issuer/demo-users.ts';

const [proposer, confirmer] = initialAdmins;

/** Why it is proposed, as its second person reads it. */
const reason = '本机示例人员初始化';

const GrantSchema = z.object({
  reference: z.string(),
  grantId: z.string(),
  role: z.string(),
  department: z.string().optional(),
  status: z.string(),
  contentHash: z.string(),
});
const PageSchema = z.object({ items: z.array(GrantSchema), nextCursor: z.string().optional() });

/** How many are granted at once. */
const atOnce = 4;

const isInitial = ({ name }: DemoUser) => initialAdmins.some((admin) => admin === name);

/**
 * Grants every role of the demo's officials as two of its people do it, unless all were granted before: what somebody ended
 * since stays ended.
 * @param tokenOf bearer token of a demo user
 */
export async function grantRoles(
  url: string,
  tokenOf: (user: string) => Promise<string>,
  log: Log,
): Promise<void> {
  const send = async (user: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/v1/grants${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${await tokenOf(user)}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the roles of the demo were not granted: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
  const before = await countGranted((query) => send(proposer, query));
  const wanted = demoUsers
    .filter((user) => user.organisation === undefined && !isInitial(user))
    .flatMap((user) => user.roles.map((role) => ({ user, role })));
  if (before >= wanted.length) return;
  log(`granting ${wanted.length} roles`);
  const left = [...wanted];
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const { user, role } = next;
      const stated = { identifier: identifierOf(user), role, department: user.department, reason };
      const proposed = GrantSchema.parse(await send(proposer, '', stated));
      const { reference, grantId, contentHash } = proposed;
      await send(confirmer, `/${reference}/${grantId}/decision`, { outcome: 'confirm', contentHash });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Roles that were granted once; each renewal stands for the one before. */
async function countGranted(read: (query: string) => Promise<unknown>): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) });
    const page = PageSchema.parse(await read(`?${query}`));
    count += page.items.filter(({ status }) => status !== 'proposed' && status !== 'renewed').length;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return count;
}
