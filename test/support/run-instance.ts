/**
 * Runs a system in a process of its own, which a test may kill. Arguments: data dir, cloud assembly, then the users whose
 * tokens are wanted. Prints one line of JSON when it is ready: its address and the tokens by user.
 */
import { startInstance } from '../../local/instance.ts';

const [dataDir = '', assemblyDir = '', ...users] = process.argv.slice(2);
const instance = await startInstance({
  port: 0,
  dataDir,
  assemblyDir,
  guides: 'rehearsal',
  log: (line) => console.error(line),
});
const tokens = await Promise.all(users.map(async (user) => [user, await instance.token(user)] as const));
console.log(JSON.stringify({ url: instance.url, tokens: Object.fromEntries(tokens) }));
process.once('SIGTERM', () => void instance.stop().then(() => process.exit(0)));
