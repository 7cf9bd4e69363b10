import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type AwardRow, awardCsv } from '../builders/award-csv.ts';
import { qualifyingContent } from '../builders/qualifying-contents.ts';
import type { ApiAnswer, JourneyInstance } from './instance.ts';

/** An answer's body as a record, for tests that look into it. */
export type Json = Record<string, unknown>;
export const json = (answer: ApiAnswer): Json => answer.body as Json;

const patienceMs = 60_000;

/** Looks again until something holds, and tells what was seen last when it does not. */
export async function eventually<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`it did not come about; last seen: ${JSON.stringify(seen)}`);
    await pause(100);
  }
}

/** A small PDF of its own, real to its first and last bytes. */
export function samplePdf(): Buffer {
  return Buffer.from(
    `%PDF-1.4\n% ${randomBytes(8).toString('hex')}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`,
  );
}

/** What people do, over HTTP. */
export class Story {
  readonly #system: JourneyInstance;

  constructor(system: JourneyInstance) {
    this.#system = system;
  }

  /** A demo company by its number: its credit code, name and people. */
  async company(number: number) {
    const users = (await import('../../local/issuer/demo-users.ts')).demoUsers;
    const admin = `admin-${number}`;
    const user = users.find((candidate) => candidate.name === admin);
    if (!user?.organisation || !user.organisationName) throw new Error(`no demo company ${number}`);
    return { admin, preparer: `preparer-${number}`, uscc: user.organisation, name: user.organisationName };
  }

  /** The body of a complete dcmm draft. */
  async dcmm(number: number, changes: Json = {}): Promise<Json> {
    const { uscc, name } = await this.company(number);
    return {
      item: 'dcmm',
      direction: 'foundation',
      projectName: `数据管理能力成熟度评估 ${number}`,
      enterprise: { uscc, name, district: '440106', registeredOn: '2015-06-01' },
      requestedFen: 50_000_000,
      facts: { level: 3, certificateNumber: `DCMM-${uscc}`, certificateValidTo: '2029-12-31' },
      ...changes,
    };
  }

  /** The body of a complete draft of any item, of a company registered in its district. */
  async qualifying(number: number, item: string): Promise<Json> {
    const { uscc, name } = await this.company(number);
    const content = qualifyingContent(item);
    return { ...content, enterprise: { ...content.enterprise, uscc, name, district: uscc.slice(2, 8) } };
  }

  async draft(number: number, changes: Json = {}): Promise<string> {
    const { preparer } = await this.company(number);
    const body = await this.dcmm(number, changes);
    const answer = await this.#system.call(preparer, 'POST', '/v1/applications', { body });
    if (answer.status !== 201) throw new Error(`no draft: ${JSON.stringify(answer.body)}`);
    return String(json(answer)['applicationId']);
  }

  /** Asks for an upload and sends bytes, which may be others than were declared. */
  async upload(number: number, applicationId: string, material: string, file: Buffer, sent: Buffer = file) {
    const { preparer } = await this.company(number);
    const answer = await this.#system.call(preparer, 'POST', `/v1/applications/${applicationId}/documents`, {
      body: {
        material,
        fileName: `${material}.pdf`,
        contentType: 'application/pdf',
        bytes: file.length,
        sha256: createHash('sha256').update(file).digest('hex'),
      },
    });
    if (answer.status !== 201) throw new Error(`no upload: ${JSON.stringify(answer.body)}`);
    const { upload, document } = answer.body as {
      upload: { url: string; headers: Record<string, string> };
      document: { documentId: string };
    };
    const stored = await fetch(upload.url, {
      method: 'PUT',
      headers: upload.headers,
      body: new Uint8Array(sent),
    });
    const reason = /<Code>(.*)<\/Code>/.exec(await stored.text())?.[1];
    return { documentId: document.documentId, status: stored.status, reason, upload };
  }

  async documents(number: number, applicationId: string): Promise<Json[]> {
    const { preparer } = await this.company(number);
    const answer = await this.#system.call(preparer, 'GET', `/v1/applications/${applicationId}/documents`);
    return json(answer)['items'] as Json[];
  }

  /** A draft with every material uploaded and accepted. */
  async completeDraft(number: number, changes: Json = {}): Promise<string> {
    const applicationId = await this.draft(number, changes);
    const item = String(changes['item'] ?? 'dcmm');
    const measure = json(await this.#system.call(undefined, 'GET', `/v1/measures/${item}`));
    const materials = measure['materials'] as { id: string }[];
    await Promise.all(materials.map(({ id }) => this.upload(number, applicationId, id, samplePdf())));
    await eventually(
      () => this.documents(number, applicationId),
      (documents) =>
        documents.length === materials.length &&
        documents.every((document) => document['status'] === 'accepted'),
    );
    return applicationId;
  }

  async submit(number: number, applicationId: string, key = `key-${applicationId}`) {
    const { admin } = await this.company(number);
    return this.#system.call(admin, 'POST', `/v1/applications/${applicationId}/submission`, {
      headers: { 'idempotency-key': key },
    });
  }

  async application(number: number, applicationId: string): Promise<Json> {
    const { preparer } = await this.company(number);
    return json(await this.#system.call(preparer, 'GET', `/v1/applications/${applicationId}`));
  }

  async reaches(number: number, applicationId: string, status: string): Promise<Json> {
    return eventually(
      () => this.application(number, applicationId),
      (application) => application['status'] === status,
    );
  }

  /** The department's task about an application. */
  async task(applicationId: string, reviewer = 'reviewer-miit-1'): Promise<string> {
    const inbox = await eventually(
      async () => json(await this.#system.call(reviewer, 'GET', '/v1/tasks?limit=100'))['items'] as Json[],
      (tasks) => tasks.some((task) => task['applicationId'] === applicationId),
    );
    return String(inbox.find((task) => task['applicationId'] === applicationId)?.['taskId']);
  }

  /** Decides on what the task shows now, unless the body says what it is based on. */
  async decide(taskId: string, body: Json, reviewer = 'reviewer-miit-1') {
    const { contentHash } = json(await this.#system.call(reviewer, 'GET', `/v1/tasks/${taskId}`));
    return this.#system.call(reviewer, 'POST', `/v1/tasks/${taskId}/decision`, {
      body: { ...(contentHash !== undefined && body['outcome'] !== 'abstain' && { contentHash }), ...body },
    });
  }

  /** An application that its department has approved: what comes next is the duplicate check. */
  async signedOff(number: number, changes: Json = {}, figures: Json = {}): Promise<string> {
    const applicationId = await this.completeDraft(number, changes);
    await this.submit(number, applicationId);
    const taskId = await this.task(applicationId);
    const answer = await this.decide(taskId, { outcome: 'approve', amountFen: 50_000_000, ...figures });
    if (answer.status !== 200) throw new Error(`not approved: ${JSON.stringify(answer.body)}`);
    return applicationId;
  }

  /** An application that waits in the pool. */
  async pooled(number: number, changes: Json = {}, figures: Json = {}): Promise<string> {
    const applicationId = await this.signedOff(number, changes, figures);
    await this.reaches(number, applicationId, 'pooled');
    return applicationId;
  }

  /** Imports awards of another scheme, all of which are new or changed. */
  async importAwards(scheme: string, ...rows: readonly Partial<AwardRow>[]): Promise<void> {
    const { current } = this.#system;
    const answer = await fetch(
      `${current.url}/v1/registry/imports?scheme=${encodeURIComponent(scheme)}&confirmUscc=true`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await current.token('operator-1')}`,
          'content-type': 'text/csv',
        },
        body: awardCsv(...rows),
      },
    );
    const report = (await answer.json()) as Json;
    if (report['imported'] !== rows.length) throw new Error(`not imported: ${JSON.stringify(report)}`);
  }

  /** The case that an application waits for, as an adjudicator sees it. */
  async suspectedCase(applicationId: string, adjudicator = 'adjudicator-1'): Promise<Json> {
    const taskId = await this.task(applicationId, adjudicator);
    const answer = await this.#system.call(adjudicator, 'GET', `/v1/tasks/${taskId}/case`);
    if (answer.status !== 200) throw new Error(`no case: ${JSON.stringify(answer.body)}`);
    return json(answer);
  }

  /** Decides every pair of a case alike. */
  async judge(shown: Json, verdict: Json, reason = '经核对合同与成果', adjudicator = 'adjudicator-1') {
    const verdicts = (shown['pairs'] as Json[]).map(({ id }) => ({ id, ...verdict }));
    return this.#system.call(adjudicator, 'POST', `/v1/tasks/${String(shown['taskId'])}/verdict`, {
      body: { verdicts, reason: { zh: reason } },
    });
  }

  /** A pool with money. */
  async fund(amountFen: number, poolId = 'software-2026'): Promise<void> {
    await this.#system.call('operator-1', 'POST', '/v1/pools', { body: { poolId } });
    const answer = await this.#system.call('operator-1', 'POST', `/v1/pools/${poolId}/appropriations`, {
      body: { amountFen, cause: '年度预算' },
      headers: { 'idempotency-key': `appropriation-${amountFen}` },
    });
    if (answer.status !== 201) throw new Error(`no appropriation: ${JSON.stringify(answer.body)}`);
  }

  /** Opens and closes a round, and waits for its plan. */
  async plannedRound(poolId = 'software-2026'): Promise<Json> {
    const opened = await this.#system.call('operator-1', 'POST', '/v1/rounds', {
      body: { poolId },
      headers: { 'idempotency-key': `round-${randomBytes(6).toString('hex')}` },
    });
    const roundId = String(json(opened)['roundId']);
    await this.#system.call('operator-1', 'POST', `/v1/rounds/${roundId}/closing`);
    return this.round(roundId, 'planned');
  }

  async round(roundId: string, status: string): Promise<Json> {
    return eventually(
      async () => json(await this.#system.call('operator-1', 'GET', `/v1/rounds/${roundId}`)),
      (round) => round['status'] === status,
    );
  }

  async approvePlan(round: Json, approver = 'approver-1') {
    return this.#system.call(approver, 'POST', `/v1/rounds/${String(round['roundId'])}/approval`, {
      body: { outcome: 'approve', planHash: round['planHash'] },
    });
  }
}
