import { KmsKeyedHash } from '../../functions/filing/enterprise/kms-keyed-hash.ts';
import type { Grant } from '../../functions/people/access.ts';
import { AccessStore } from '../../functions/people/access-store.ts';
import { PersonIdentifierSchema } from '../../functions/people/claims.ts';
import { isDepartmental } from '../../functions/people/role-rules.ts';
import { type Actor, applicantRoles } from '../../functions/shared/actor.ts';
import type { Table } from '../../functions/shared/table.ts';

/** The reference of a person whose identifier this is. @param key of the environment's hashes. */
export function referenceOf(key: string, identifier: string): Promise<string> {
  return new KmsKeyedHash(key).hash('person', PersonIdentifierSchema.parse(identifier));
}

/**
 * Grants every role of officials that somebody comes with, and no other, without the two people whom that takes.
 * @param until last day. Default: long after every test.
 */
export async function grantInTest(
  table: Table<'people'>,
  reference: string,
  { roles, department }: Pick<Actor, 'roles' | 'department'>,
  { until = '2099-12-31' }: { readonly until?: string } = {},
): Promise<void> {
  const store = new AccessStore(table);
  const before = await store.get(reference);
  const at = '2026-01-01T00:00:00.000Z';
  const grants = roles
    .filter((role) => !applicantRoles.includes(role))
    .map(
      (role, index): Grant => ({
        status: 'granted',
        ...{ grantId: `grant-${index}`, role, until, reason: 'test', contentHash: 'test' },
        ...(isDepartmental(role) && department !== undefined && { department }),
        ...{ proposedBy: 'one', proposedAt: at, confirmed: { by: 'other', at } },
      }),
    );
  if (grants.length === 0 && !before) return;
  const to = {
    ...{ version: (before?.version ?? 0) + 1, status: 'kept' as const, reference, grants },
    ...(before?.historyHash !== undefined && { historyHash: before.historyHash }),
  };
  const note = { at, actor: { id: 'other', role: 'access-admin' as const }, event: 'granted' as const };
  await store.write(store.change(before, to, { ...note, subject: 'grant', contentHash: 'test' }));
}
