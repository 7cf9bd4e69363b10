import type { KeyedHash } from '../filing/enterprise/keyed-hash.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { NewId } from '../shared/ids.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { type Access, type Grant, initialRole } from './access.ts';
import { checkStated, lastDay, proposedGrant, type StatedGrant, waiting } from './access-decision.ts';
import type { AccessStore } from './access-store.ts';
import type { LoginStore } from './login-store.ts';

export interface AccessParts {
  readonly access: AccessStore;
  readonly logins: LoginStore;
  readonly clock: Clock;
}

/** A person's grant, with the reference of the person. */
export interface PersonsGrant {
  readonly reference: string;
  readonly grant: Grant;
}

/** Whom a role is for: by what was verified of them, or by the hash that stands for it. */
export type Named = { readonly identifier: string } | { readonly reference: string };

/**
 * Proposes a role for a person; it counts once a second person confirms it. The same again finds the proposal that waits.
 * @param stated `until` is by default as late as may be.
 * @throws DomainError invalid-request; same-person for oneself; roles-apart; concurrent-change.
 */
export async function proposeGrant(
  parts: AccessParts & {
    readonly keyedHash: KeyedHash;
    readonly newId: NewId;
    readonly departments: ReadonlySet<string>;
    readonly longestDays: number;
  },
  actor: Actor,
  named: Named,
  stated: Omit<StatedGrant, 'until'> & { readonly until?: string | undefined },
): Promise<PersonsGrant> {
  const { access, logins, clock, newId, departments, longestDays } = parts;
  const until = stated.until ?? lastDay(clock(), longestDays);
  checkStated({ ...stated, until }, departments, clock(), longestDays);
  const reference =
    'reference' in named ? named.reference : await parts.keyedHash.hash('person', named.identifier);
  return decideAgainOnConflict(async () => {
    const before: Access | undefined = await access.get(reference);
    const same = waiting(before, { ...stated, until }, actor.id);
    if (same) return { reference, grant: same };
    const standing = await logins.standing(reference);
    const now = clock();
    const { access: to, grant } = proposedGrant(
      before,
      reference,
      standing,
      { ...stated, until },
      { grantId: newId(), by: actor.id, now },
    );
    const { grantId, contentHash, proposedAt: at } = grant;
    const note = { at, actor: { id: actor.id, role: initialRole }, event: 'proposed' as const };
    await access.write([
      standing.unchanged,
      ...access.change(before, to, { ...note, subject: grantId, contentHash }),
    ]);
    return { reference, grant };
  });
}
