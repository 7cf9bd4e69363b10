import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../local/assembly.ts';
import { startInstance } from '../../local/instance.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cloud assembly of environment `local`, synthesized once for all journeys. */
    assemblyDir: string;
    /** The state of a system that has started once: its roles are granted, its guides published. */
    startedDir: string;
  }
}

/** Synthesizes the system and starts it for the first time, once; gives the clean-up. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'journeys-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const [assemblyDir, dataDir] = [join(folder, 'assembly'), join(folder, 'started')];
  const log = () => {};
  try {
    await synthesize({ environment: 'local', outDir: assemblyDir, log });
    const instance = await startInstance({ port: 0, dataDir, assemblyDir, guides: 'rehearsal', log });
    await instance.stop();
  } catch (error) {
    await remove();
    throw error;
  }
  project.provide('assemblyDir', assemblyDir);
  project.provide('startedDir', dataDir);
  return remove;
}
