import { randomInt } from 'node:crypto';
import { intakeRoutes } from '../contracts/intake.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { KmsKeyedHash } from '../filing/enterprise/kms-keyed-hash.ts';
import { createLogins } from '../people/create-logins.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import type { CodeMessage } from '../publicity/objections/code-sender.ts';
import { requestConfirmation } from '../publicity/objections/confirm-contact.ts';
import { ConfirmationStore } from '../publicity/objections/confirmation-store.ts';
import { type Filed, fileObjection } from '../publicity/objections/file-objection.ts';
import type { Evidence } from '../publicity/objections/objection.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { uploadsOf } from '../publicity/objections/uploads.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { IdempotencyRecords } from '../shared/idempotency.ts';
import { newUlid } from '../shared/ids.ts';
import { KmsSealing } from '../shared/sealing.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/intake');
const tables = openTables(environment);
const parts = {
  applications: new ApplicationStore(tables.applications),
  objections: new ObjectionStore(tables.budget),
  confirmations: new ConfirmationStore(tables.budget),
  records: new IdempotencyRecords(tables.budget),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  objectors: new KmsSealing(environment.OBJECTOR_KEY_ARN),
  keyedHash: new KmsKeyedHash(environment.CONTACT_KEY_ARN),
  files: async () =>
    new (await import('../filing/documents/presigner.ts')).Presigner(environment.DOCUMENTS_BUCKET),
  // Loaded by those who ask for a code.
  codes: {
    send: async (message: CodeMessage) => {
      const [{ GatewayCodes }, { SesMailer }] = await Promise.all([
        import('../publicity/objections/code-sender.ts'),
        import('../news/mail/ses-mailer.ts'),
      ]);
      const { MAIL_FROM, EVENT_BUS_NAME } = environment;
      const mailer = MAIL_FROM === '' ? undefined : new SesMailer(MAIL_FROM);
      await new GatewayCodes(EVENT_BUS_NAME, mailer).send(message);
    },
  },
  clock: systemClock,
  newId: newUlid,
  newCode: () => String(randomInt(10 ** 6)).padStart(6, '0'),
};

// The receipt opens the standing: nothing between here and the objector keeps a copy.
const unkept = { 'cache-control': 'no-store' };

async function answer(filed: Filed, evidence: readonly Evidence[]) {
  return {
    body: { ...filed, uploads: await uploadsOf(parts, filed.objectionId, evidence) },
    headers: unkept,
  };
}

/** Routes by which objections come in: this function seals who brings them, and cannot open what is sealed. */
export const handler = httpDoor(intakeRoutes, createLogins(environment, tables.people), {
  requestConfirmation: async ({ body, source }) => ({
    body: await requestConfirmation(parts, body, source),
    headers: unkept,
  }),
  fileObjection: async ({ body: { confirmation, ...stated }, headers }) => {
    const confirmed = { by: 'code', ...confirmation } as const;
    const filed = await fileObjection(parts, { ...stated, confirmed }, headers['idempotency-key']);
    return answer(filed, stated.evidence);
  },
  fileObjectionSignedIn: async ({ actor, body, headers }) => {
    const confirmed = { by: 'login', person: actor.id } as const;
    return answer(
      await fileObjection(parts, { ...body, confirmed }, headers['idempotency-key']),
      body.evidence,
    );
  },
});
