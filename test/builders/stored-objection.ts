import type { Objection, ObjectionIn } from '../../functions/publicity/objections/objection.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import type { Rooms } from '../support/rooms.ts';
import { dcmmContent } from './content.ts';

/** What nobody is to find any more of who objects. */
export const objectorsName = '不应留下的异议人';

/** An objection that was admitted, in its table with its history. */
export async function storedObjection(
  { objections, clock }: Pick<Rooms, 'objections' | 'clock'>,
  changes: Partial<ObjectionIn<'received'>> = {},
): Promise<Objection> {
  const at = clock().toISOString();
  const { enterprise, item } = dcmmContent();
  const file = { fileName: `${objectorsName}.pdf`, contentType: 'application/pdf' as const, bytes: 1 };
  const objection: ObjectionIn<'received'> = {
    ...{ status: 'received', objectionId: newUlid(), kind: 'objection', version: 1 },
    ...{ applicationId: newUlid(), roundId: newUlid(), poolId: 'software-2026', item },
    ...{ organisation: enterprise.uscc, organisationName: enterprise.name, receivedAt: at, dueAt: at },
    ...{ sealed: Buffer.from(objectorsName).toString('base64'), receiptHash: 'a'.repeat(64) },
    grounds: { zh: objectorsName, en: objectorsName },
    evidence: [{ ...file, sha256: 'a'.repeat(64) }],
    ...changes,
  };
  const note = { at, actor: { id: 'objector', role: 'public' }, event: 'received' } as const;
  await objections.write(objections.transition(undefined, objection, note));
  return objections.require(objection.objectionId);
}

/** Has an outcome proposed and decided. */
export async function decide(
  { objections, clock }: Pick<Rooms, 'objections' | 'clock'>,
  objection: Objection,
  outcome: object = { outcome: 'dismissed' },
): Promise<void> {
  const at = clock().toISOString();
  const stated = { reason: { zh: '无关', en: 'no' }, citation: '三(三)', by: 'operator', at };
  const proposal = { ...outcome, ...stated } as ObjectionIn<'proposed'>['proposal'];
  const proposed = { ...objection, status: 'proposed', version: objection.version + 1, proposal } as const;
  const actor = { id: 'operator', role: 'operator' } as const;
  await objections.write(objections.transition(objection, proposed, { at, actor, event: 'proposed' }));
  const read = await objections.require(objection.objectionId);
  const decision = { by: 'approver', at };
  const decided = { ...read, status: 'decided', version: read.version + 1, proposal, decision } as const;
  await objections.write(objections.transition(read, decided, { at, actor, event: 'dismissed' }));
}
