import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { workflow } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { askAgainAt, type Scan, ScanSchema } from './scan.ts';

const { scan: scans } = workflow.entities;

/** What scanners were asked, and their verdicts, in the workflow table. */
export class ScanStore {
  readonly #table: Table<'workflow'>;

  constructor(table: Table<'workflow'>) {
    this.#table = table;
  }

  /** What is known of a file, read consistently, or undefined. */
  async get(objectKey: string): Promise<Scan | undefined> {
    const item = await this.#table.get(scans.key({ objectKey }));
    return item && ScanSchema.parse(item['scan']);
  }

  /** The write by which a scanner is asked, for the transaction that puts its file into quarantine. */
  opened(scan: Scan): GuardedWrite {
    const waiting = scans.entry('pending', { dueAt: askAgainAt(scan.asks, new Date(scan.askedAt)) });
    return this.#table.putNew(scans.key(scan), { ...waiting, scan });
  }

  /** Files whose scanner is to be asked again, the longest due first. */
  async *due(now: Date): AsyncGenerator<Scan> {
    const due = scans.listed('pending', {}, { upTo: now.toISOString() });
    for await (const items of this.#table.pages(due)) {
      for (const item of items) yield ScanSchema.parse(item['scan']);
    }
  }

  /** Notes that a scanner was asked again, unless its verdict has come. */
  async askedAgain(scan: Scan, now: Date): Promise<void> {
    const asks = scan.asks + 1;
    await this.#table.tryWrite(
      this.#table.update(scans.key(scan), {
        set: 'SET createdAt = :dueAt, #scan.asks = :asks',
        when: 'attribute_exists(pending)',
        names: { '#scan': 'scan' },
        values: { ':dueAt': askAgainAt(asks, now), ':asks': asks },
      }),
    );
  }

  /** The write that forgets a file: whoever judges it then is not answered. */
  forgotten(objectKey: string): GuardedWrite {
    return this.#table.remove(scans.key({ objectKey }));
  }

  /** The write of a verdict, bound to the one that was known before. */
  judged(scan: Scan, before: Scan['verdict']): GuardedWrite {
    return this.#table.update(scans.key(scan), {
      set: 'SET #scan = :scan REMOVE pending',
      names: { '#scan': 'scan', ...(before && { '#verdict': 'verdict' }) },
      when: before ? '#scan.#verdict.#verdict = :before' : 'attribute_exists(pending)',
      values: { ':scan': scan, ...(before && { ':before': before.verdict }) },
      otherwise: () => new DomainError('concurrent-change'),
    });
  }
}
