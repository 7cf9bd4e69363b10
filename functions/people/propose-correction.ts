import type { KeyedHash } from '../filing/enterprise/keyed-hash.ts';
import type { Actor } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import type { NewId } from '../shared/ids.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { initialRole, withCorrection } from './access.ts';
import { type Correction, proposedCorrection } from './correction.ts';
import { personOf } from './identity.ts';
import type { AccessParts } from './propose-grant.ts';

/** A correction, with the hash of the identifier that the login came with. */
export interface PersonsCorrection {
  readonly reference: string;
  readonly correction: Correction;
}

/**
 * Proposes that a login belongs to another person than it came as, by the identifier that it should have had; or, without
 * one, that it is used no more. It counts once a second person confirms it. The same again finds what waits.
 * @throws DomainError not-found for a login that was never used; same-person for whoever it is about; not-in-this-state for
 * a login that is so already; concurrent-change.
 */
export async function proposeCorrection(
  {
    access,
    logins,
    clock,
    keyedHash,
    newId,
  }: AccessParts & {
    readonly keyedHash: KeyedHash;
    readonly newId: NewId;
  },
  actor: Actor,
  stated: { readonly login: string; readonly identifier?: string | undefined; readonly reason: string },
): Promise<PersonsCorrection> {
  const { login, identifier, reason } = stated;
  const to = identifier === undefined ? undefined : await keyedHash.hash('person', identifier);
  return decideAgainOnConflict(async () => {
    const reference = await logins.identityOf(login);
    if (reference === undefined) throw new DomainError('not-found');
    const from = await logins.identity(reference);
    const isSo = to === undefined ? from?.closed.includes(login) : to === reference;
    if (isSo) throw new DomainError('not-in-this-state');
    const right = to === undefined ? undefined : await logins.identity(to);
    if ([from, right].some((identity) => personOf(identity) === actor.id))
      throw new DomainError('same-person');
    const before = await access.get(reference);
    const same = before?.corrections?.find(
      (known) =>
        known.status === 'proposed' &&
        known.proposedBy === actor.id &&
        known.login === login &&
        known.to === to &&
        known.reason === reason,
    );
    if (same) return { reference, correction: same };
    const at = clock().toISOString();
    const correction = proposedCorrection(reference, {
      ...{ correctionId: newId(), login, ...(to !== undefined && { to }), reason },
      ...{ proposedBy: actor.id, proposedAt: at },
    });
    const { correctionId: subject, contentHash } = correction;
    const note = { at, actor: { id: actor.id, role: initialRole }, event: 'correction-proposed' as const };
    const after = withCorrection(before, reference, correction);
    await access.write(access.change(before, after, { ...note, subject, contentHash, reason }));
    return { reference, correction };
  });
}
