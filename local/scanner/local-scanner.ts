import { createHash } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { BusEvent, ServiceOptions } from '../contracts.ts';
import { localCredentials } from '../credentials.ts';
import { isHarmful } from './harm.ts';

/** Of the events that ask for a file, and of the answers, as docs/events.md tells those outside. */
const source = { asked: 'software-support.scans', answered: 'file-scanner' };

const RequestSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  token: z.string(),
  answerTo: z.string(),
});

/** The scanner of this machine, outside of the system as every other one is: it knows the EICAR test file and nothing else. */
export class LocalScanner {
  readonly #options: ServiceOptions;
  readonly #running = new Set<Promise<void>>();
  #s3: S3Client | undefined;
  #bus: EventBridgeClient | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** @param endpoints of the services that it reads files from and answers to. */
  start(endpoints: { readonly s3: string; readonly events: string }): void {
    const { region } = this.#options;
    const client = { region, credentials: localCredentials };
    this.#s3 = new S3Client({ ...client, endpoint: endpoints.s3, forcePathStyle: true });
    this.#bus = new EventBridgeClient({ ...client, endpoint: endpoints.events });
  }

  /** Judges the file that an event asks for; what fails is asked for again. */
  heard({ source: from, detail }: BusEvent): void {
    if (from !== source.asked) return;
    const judging = this.#judge(RequestSchema.parse(detail))
      .catch((fault: unknown) => this.#options.log(`[scanner] ${String(fault)}`))
      .finally(() => this.#running.delete(judging));
    this.#running.add(judging);
  }

  async #judge({ bucket, key, token, answerTo }: z.output<typeof RequestSchema>): Promise<void> {
    const object = await this.#s3?.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const file = Buffer.from((await object?.Body?.transformToByteArray()) ?? []);
    const detail = {
      ...{ key, token },
      sha256: createHash('sha256').update(file).digest('hex'),
      verdict: isHarmful(file) ? 'harmful' : 'clean',
      engine: 'local EICAR 1',
    };
    const Entries = [
      {
        EventBusName: answerTo,
        Source: source.answered,
        DetailType: 'FileScanned',
        Detail: JSON.stringify(detail),
      },
    ];
    await this.#bus?.send(new PutEventsCommand({ Entries }));
  }

  /** Ends it when the files that it looks at are judged. */
  async stop(): Promise<void> {
    await Promise.all(this.#running);
    this.#s3?.destroy();
    this.#bus?.destroy();
  }
}
