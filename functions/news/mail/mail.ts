import type { Contact } from '../messages/contact.ts';
import type { Described } from '../messages/describe-event.ts';

/** A mail without markup. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends a mail. */
export interface Mailer {
  /**
   * @returns false when this mail will never be accepted, whatever is done about it.
   * @throws whatever kept it from being sent now.
   */
  send(mail: Mail): Promise<boolean>;
}

/** The mail about an event, in both languages, the reader's first. @param portal address that links begin with */
export function composeMail(portal: string, { email, language }: Contact, described: Described): Mail {
  const { title, text, link, mail } = described;
  const ending = {
    zh: '本邮件由系统自动发送，请勿回复；可在系统的消息设置中取消邮件提醒。',
    en: 'This mail was sent by the system; do not reply. You can end such mails in your settings there.',
  };
  const others =
    mail === 'first-of-day'
      ? ['今日可能还有其他类似待办，请查看待办列表。There may be others of today: your inbox shows them all.']
      : [];
  const second = language === 'zh' ? 'en' : 'zh';
  return {
    to: email,
    subject: `${title[language]} / ${title[second]}`,
    text: [
      text[language],
      text[second],
      ...others,
      new URL(link, portal).href,
      `${ending[language]}\n${ending[second]}`,
    ].join('\n\n'),
  };
}
