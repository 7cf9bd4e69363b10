import type { Application, ApplicationIn } from '../../functions/filing/applications/application.ts';
import { drafted } from '../../functions/filing/applications/draft-decision.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { dcmmContent } from '../builders/content.ts';
import { people, type Rooms } from './rooms.ts';

/** Stores a new draft of an organisation, of dcmm unless its content says otherwise. */
export async function storedDraft(
  { store, clock }: Pick<Rooms, 'store' | 'clock'>,
  content: Application['content'] = dcmmContent(),
  organisation: string = people.preparer.organisation,
): Promise<ApplicationIn<'draft'>> {
  const draft = { applicationId: newUlid(), organisation, guide: '2026.1', content };
  const { to, note } = drafted({ ...draft, actor: people.preparer, now: clock() });
  await store.write(store.transition(undefined, to, note));
  return to;
}
