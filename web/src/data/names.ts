import type { Bilingual } from '../../../functions/shared/text.ts';
import type { ApplicationView } from './queries.ts';

/** What an application is called: by its project, or, as long as that has no name, as what it is. */
export function nameOf({ content }: Pick<ApplicationView, 'content'>): Bilingual {
  const { projectName } = content;
  return projectName === ''
    ? { zh: '未命名的草稿', en: 'Draft without a name' }
    : { zh: projectName, en: projectName };
}
