import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../local/assembly.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cloud assembly of environment `local`, synthesized once for all journeys. */
    assemblyDir: string;
  }
}

/** Synthesizes the system once; gives the clean-up. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const assemblyDir = await mkdtemp(join(tmpdir(), 'journeys-assembly-'));
  const remove = () => rm(assemblyDir, { recursive: true, force: true });
  try {
    await synthesize({ environment: 'local', outDir: assemblyDir, log: () => {} });
  } catch (error) {
    await remove();
    throw error;
  }
  project.provide('assemblyDir', assemblyDir);
  return remove;
}
