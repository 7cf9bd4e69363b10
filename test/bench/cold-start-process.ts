import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * One cold start: imports a bundle, invokes its handler and, as soon as the first answer of an AWS service is there,
 * prints the milliseconds since before the import and ends. Arguments: the bundle's file, the event as JSON.
 * The clock starts after this file itself was loaded, so that Node's own start weighs on neither side of the ratio.
 */
const [file = '', event = 'null'] = process.argv.slice(2);
const input: unknown = JSON.parse(event);
let started = 0;

subscribe('http.client.response.finish', () => {
  // Written at once: an asynchronous write would be lost when the process ends.
  writeSync(1, String(performance.now() - started));
  process.exit(0);
});

started = performance.now();
const { handler }: { handler(event: unknown): Promise<unknown> } = await import(pathToFileURL(file).href);
const answer: unknown = await handler(input);
console.error(`the handler made no call: ${JSON.stringify(answer)}`);
process.exit(1);
