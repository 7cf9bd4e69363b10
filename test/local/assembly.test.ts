import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAssembly, synthesize } from '../../local/assembly.ts';
import { writeAssembly } from './fixtures/assembly.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'assembly-'));
});

afterAll(async () => {
  await rm(dir, { recursive: true });
});

describe('an assembly', () => {
  it('gives its stacks after those they depend on, with their assets', async () => {
    const path = join(dir, 'ordered');
    await writeAssembly(path, {
      stacks: [
        {
          name: 'service',
          dependsOn: ['state'],
          template: { Resources: { A: { Type: 'T', DependsOn: 'B' } } },
        },
        { name: 'state', template: { Outputs: { O: { Value: 1 } } } },
      ],
      assets: { 'abc.zip': { 'index.mjs': '' }, 'def.json': '{}' },
    });
    const { stacks } = readAssembly(path);
    expect(stacks.map(({ name, account, region }) => [name, account, region])).toEqual([
      ['state', '000000000000', 'cn-north-1'],
      ['service', '000000000000', 'cn-north-1'],
    ]);
    expect(stacks[1]?.template.Resources['A']).toEqual({ Type: 'T', DependsOn: ['B'] });
    expect(stacks[1]?.assets.get('abc.zip')).toBe(join(path, 'asset.abc'));
    expect(stacks[1]?.assets.get('def.json')).toBe(join(path, 'asset.def'));
  });

  it('must exist and hold stacks', async () => {
    expect(() => readAssembly(join(dir, 'nothing'))).toThrow(/cannot read .*manifest\.json/);
    const path = join(dir, 'empty');
    await writeAssembly(path, { stacks: [] });
    expect(() => readAssembly(path)).toThrow('has no stacks');
  });
});

describe('synthesizing', () => {
  it('runs the app with the environment as context and replaces what the directory held', async () => {
    const app = join(dir, 'app.ts');
    await writeFile(
      app,
      `import { writeFileSync } from 'node:fs';
       const context = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '');
       writeFileSync(process.env.CDK_OUTDIR + '/seen', context.environment);`,
    );
    const outDir = join(dir, 'out');
    for (const environment of ['staging', 'local']) {
      await synthesize({ environment, outDir, log: () => {}, app });
      expect(await readFile(join(outDir, 'seen'), 'utf8')).toBe(environment);
    }
  });

  it('fails with one line that says what the app said', async () => {
    const app = join(dir, 'broken.ts');
    await writeFile(app, "throw new Error('the bucket has no name\\nand no owner');");
    const failure = synthesize({ environment: 'local', outDir: join(dir, 'broken'), log: () => {}, app });
    await expect(failure).rejects.toThrow(
      /^synthesizing the CDK app failed \(exit 1\): Error: the bucket has no name \| and no owner$/,
    );
  });
});
