import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { shanghaiDate } from '../../functions/shared/shanghai-date.ts';
import { type AwardRow, awardCsv } from '../builders/award-csv.ts';
import { declared } from '../builders/content.ts';
import { qualifyingContent } from '../builders/qualifying-contents.ts';
import type { ApiAnswer, JourneyInstance } from './instance.ts';

/** An answer's body as a record, for tests that look into it. */
export type Json = Record<string, unknown>;
export const json = (answer: ApiAnswer): Json => answer.body as Json;

const patienceMs = 60_000;

/** Looks again until something holds, less often the longer it takes, and tells what was seen last when it does not. */
export async function eventually<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  const end = Date.now() + patienceMs;
  for (let ms = 50; ; ms = Math.min(ms * 1.25, 400)) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`it did not come about; last seen: ${JSON.stringify(seen)}`);
    await pause(ms);
  }
}

/** A small PDF of its own, real to its first and last bytes. */
export function samplePdf(): Buffer {
  const drawing = 'BT /F1 24 Tf 72 700 Td (Sample) Tj ET';
  const font = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>';
  return Buffer.from(
    [
      `%PDF-1.4\n% ${randomBytes(8).toString('hex')}`,
      '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
      '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
      `3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 ${font}>>>>>>endobj`,
      `4 0 obj<</Length ${drawing.length}>>stream\n${drawing}\nendstream endobj`,
      'trailer<</Root 1 0 R>>\n%%EOF\n',
    ].join('\n'),
  );
}

/** What people do, over HTTP. */
/** Who drafts an order and handles its payments, and who approves it. */
type Treasurers = readonly [operator: string, approver: string];
const treasurers: Treasurers = ['operator-2', 'approver-2'];
/** Who releases what they made and confirms what they brought. */
const releaser = 'approver-4';

/** A payment file that was made, and its content. */
export interface PaymentFile {
  readonly view: Json;
  readonly header: string;
  readonly lines: readonly string[];
  readonly control: string;
  /** One a line; `cells` are those behind the payment's id. */
  readonly payments: readonly {
    readonly paymentId: string;
    readonly yuan: string;
    readonly cells: readonly string[];
  }[];
}

/** What the bank says of a payment. */
export interface BankAnswer {
  readonly paymentId: string;
  /** In yuan, with two decimals. */
  readonly yuan: string;
  readonly result?: 'paid' | 'partial' | 'returned';
  readonly reference?: string;
  readonly reason?: string;
}

export class Story {
  readonly #system: JourneyInstance;

  constructor(system: JourneyInstance) {
    this.#system = system;
  }

  /** Publishes a guide by two people, in which accounts cool off in a second. @throws Error with what was said against it */
  async publishGuide(written: Json): Promise<void> {
    const guide = { accountCoolingOff: { seconds: 1 }, ...written };
    const path = '/v1/guide-proposals';
    const send = async (user: string, to: string, body: Json): Promise<Json> => {
      const answer = await this.#system.call(user, 'POST', to, { body });
      if (answer.status >= 300) throw new Error(`${to}: ${JSON.stringify(answer.body)}`);
      return json(answer);
    };
    const { proposalId, contentHash } = await send('operator-1', path, { guide, cause: '年度申报' });
    await send('approver-1', `${path}/${proposalId}/decision`, { outcome: 'confirm', contentHash });
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
      enterprise: { uscc, name, district: '440106', registeredOn: '2015-06-01', industryClass: 'I6513' },
      requestedFen: 50_000_000,
      facts: { ...declared, level: 3, certificateNumber: `DCMM-${uscc}`, certificateValidTo: '2029-12-31' },
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

  /** A pool with money, entered by an operator and confirmed by a second person. */
  async fund(amountFen: number, poolId = 'software-2026'): Promise<void> {
    await this.#system.call('operator-1', 'POST', '/v1/pools', { body: { poolId } });
    const entries = `/v1/pools/${poolId}/entries`;
    const entered = await this.#system.call('operator-1', 'POST', entries, {
      body: { kind: 'appropriation', amountFen, cause: '年度预算' },
      headers: { 'idempotency-key': `appropriation-${amountFen}` },
    });
    const decision = `${entries}/${String(json(entered)['entryId'])}/decision`;
    const answer = await this.#system.call('approver-1', 'POST', decision, { body: { outcome: 'confirm' } });
    if (answer.status !== 200) throw new Error(`no appropriation: ${JSON.stringify(answer.body)}`);
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

  /** Has two people of a company agree on the account that its awards are paid to, and waits until it counts. */
  async bankAccount(
    number: number,
    account: { readonly accountNumber?: string; readonly branchCode?: string } = {},
  ): Promise<Json> {
    const { admin, preparer, name: holder } = await this.company(number);
    const accountNumber = `62220200${String(number).padStart(8, '0')}`;
    const proposed = await this.#system.call(preparer, 'PUT', '/v1/bank-account', {
      body: { holder, bank: '示例银行广州分行', branchCode: '102581000013', accountNumber, ...account },
    });
    const { contentHash, version } = (json(proposed)['change'] ?? {}) as Json;
    const confirmed = await this.#system.call(admin, 'POST', '/v1/bank-account/decision', {
      body: { decision: 'confirm', contentHash },
    });
    if (confirmed.status !== 200) throw new Error(`no account: ${JSON.stringify([proposed, confirmed])}`);
    const view = await eventually(
      async () => json(await this.#system.call(admin, 'GET', '/v1/bank-account')),
      ({ account: standing }) => (standing as Json | undefined)?.['version'] === version,
    );
    return view['account'] as Json;
  }

  /**
   * Orders what may be ordered of a round, by people who did not decide its plan, and waits until it is issued.
   * @param key of the draft, any unless given
   */
  async ordered(
    roundId: string,
    changes: Json = {},
    [operator, approver]: Treasurers = treasurers,
    key = `order-${randomBytes(6).toString('hex')}`,
  ): Promise<Json> {
    const drafted = await this.#system.call(operator, 'POST', '/v1/orders', {
      body: { roundId, ...changes },
      headers: { 'idempotency-key': key },
    });
    if (drafted.status > 201) throw new Error(`no order: ${JSON.stringify(drafted.body)}`);
    const { orderId, contentHash } = json(drafted);
    const path = `/v1/orders/${String(orderId)}`;
    const body = { outcome: 'approve', contentHash };
    const approved = await this.#system.call(approver, 'POST', `${path}/approval`, { body });
    if (approved.status !== 200) throw new Error(`not approved: ${JSON.stringify(approved.body)}`);
    return eventually(
      async () => json(await this.#system.call(operator, 'GET', path)),
      (order) => order['status'] === 'issued',
    );
  }

  /** Has a payment file of an order made and released. @param key of the request, any unless given */
  async paymentFile(
    orderId: string,
    operator = treasurers[0],
    key = `payment-${randomBytes(6).toString('hex')}`,
  ): Promise<PaymentFile> {
    const made = await this.#system.call(operator, 'POST', `/v1/orders/${orderId}/payment-files`, {
      headers: { 'idempotency-key': key },
    });
    if (made.status > 201) throw new Error(`no payment file: ${JSON.stringify(made.body)}`);
    const path = `/v1/payment-files/${String(json(made)['paymentFileId'])}`;
    const { contentHash } = json(made);
    const body = { outcome: 'confirm', contentHash };
    const released = await this.#system.call(releaser, 'POST', `${path}/decision`, { body });
    if (released.status !== 200) throw new Error(`not released: ${JSON.stringify(released.body)}`);
    const view = json(released);
    const content = String((await this.#system.call(operator, 'GET', `${path}/content`)).body);
    const [header = '', ...lines] = content.trimEnd().split('\r\n');
    const control = lines.pop() ?? '';
    const payments = lines.map((line) => {
      const [paymentId = '', ...cells] = line.split(',');
      return { paymentId, yuan: cells[4] ?? '', cells };
    });
    return { view, header, lines, control, payments };
  }

  /**
   * Brings what the bank answers to payments, and has it confirmed: paid, unless it says otherwise.
   * @param tooMuch yuan by which its control total is wrong
   * @returns what became of it, or the problem
   */
  async bankAnswers(answers: readonly BankAnswer[], operator = treasurers[0], tooMuch = 0): Promise<Json> {
    const fenOf = (yuan: string) => Math.round(Number(yuan) * 100);
    const today = shanghaiDate(new Date());
    const lines = answers.map(
      ({ paymentId, yuan, result = 'paid', reference = `B-${paymentId}`, reason = '' }) =>
        [paymentId, result, yuan, today, reference, reason].join(','),
    );
    const sum = answers.reduce((total, { yuan }) => total + fenOf(yuan), fenOf(String(tooMuch)));
    const { current } = this.#system;
    const answer = await fetch(`${current.url}/v1/payment-results`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await current.token(operator)}`,
        'content-type': 'text/csv',
      },
      body: [
        'payment_id,result,amount_yuan,date,reference,reason',
        ...lines,
        `TOTAL,${answers.length},${(sum / 100).toFixed(2)}`,
      ].join('\r\n'),
    });
    const brought = (await answer.json()) as Json;
    if (answer.status !== 201) return brought;
    const { importId, contentHash } = brought;
    const path = `/v1/payment-results/${String(importId)}/decision`;
    const body = { outcome: 'confirm', contentHash };
    return json(await this.#system.call(releaser, 'POST', path, { body }));
  }

  /** Orders and pays the awards of a round once their notices have ended. @param numbers of the companies */
  async settled(roundId: string, awards: readonly (readonly [number, string])[]): Promise<void> {
    for (const [number, applicationId] of awards) {
      await this.bankAccount(number);
      await eventually(
        () => this.events(number, applicationId),
        (events) => events.includes('notice-ended'),
      );
    }
    const { orderId } = await this.ordered(roundId);
    const { payments } = await this.paymentFile(String(orderId));
    const report = await this.bankAnswers(payments);
    if (report['imported'] !== awards.length) throw new Error(`not paid: ${JSON.stringify(report)}`);
    for (const [number, applicationId] of awards) await this.reaches(number, applicationId, 'closed');
  }

  /** What happened to an application, oldest first. */
  async events(number: number, applicationId: string): Promise<string[]> {
    const { preparer } = await this.company(number);
    const path = `/v1/applications/${applicationId}/history?limit=100`;
    const items = json(await this.#system.call(preparer, 'GET', path))['items'] as { event: string }[];
    return items.map(({ event }) => event);
  }
}
