import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { TransientError } from '../../shared/errors.ts';
import type { Scan } from './scan.ts';
import { scanSource, scanTypes } from './scan-source.ts';

/** Judges files, in its own time: its verdict comes as an event. */
export interface FileScanner {
  /** Asks for a file to be judged, once more if need be. @throws TransientError when it could not be asked. */
  ask(scan: Scan): Promise<void>;
}

/** A scanner outside, which hears on the bus what it is asked (docs/events.md). The client of the bus is made on first use. */
export class BusScanner implements FileScanner {
  readonly #busName: string;
  readonly #bucket: string;
  #bus: EventBridgeClient | undefined;

  constructor(busName: string, bucket: string) {
    this.#busName = busName;
    this.#bucket = bucket;
  }

  /** See `FileScanner.ask`. */
  async ask({ objectKey, contentType, bytes, sha256, token }: Scan): Promise<void> {
    const detail = { bucket: this.#bucket, key: objectKey, contentType, bytes, sha256, token };
    this.#bus ??= new EventBridgeClient({});
    const { FailedEntryCount } = await this.#bus.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: this.#busName,
            Source: scanSource,
            DetailType: scanTypes.asked,
            Detail: JSON.stringify({ ...detail, answerTo: this.#busName }),
          },
        ],
      }),
    );
    if (FailedEntryCount !== 0) throw new TransientError('the bus did not take what a scanner is asked');
  }
}
