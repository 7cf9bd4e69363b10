import type { Presigner } from '../../filing/documents/presigner.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Evidence, evidenceKey } from './objection.ts';

/** Where the objector uploads each piece of evidence, exactly as it was declared; again, the same places. */
export async function uploadsOf(
  { files, clock }: { readonly files: () => Promise<Presigner>; readonly clock: Clock },
  objectionId: string,
  evidence: readonly Evidence[],
) {
  if (evidence.length === 0) return [];
  const presigner = await files();
  return Promise.all(
    evidence.map(async ({ fileName, contentType, bytes, sha256 }, index) => ({
      fileName,
      ...(await presigner.presignUpload(
        { key: evidenceKey(objectionId, index), contentType, bytes, sha256 },
        clock(),
      )),
    })),
  );
}
