import { useLanguage, useText } from '../data/language.tsx';

/** Where what is typed stands. */
export type ServerState =
  | 'none'
  | 'saving'
  | { readonly savedAt: Date }
  | { readonly waits: 'offline' | 'refused' | 'login' };

/** Says apart what is saved on this device and what is saved on the server. */
export function SavedLine({
  keptAt,
  leftOut = 0,
  server,
}: {
  /** How many fields the server has not got as they are typed. */
  readonly leftOut?: number;
  readonly keptAt: Date | 'nowhere' | undefined;
  readonly server: ServerState;
}) {
  const t = useText();
  const { language } = useLanguage();
  const clock = (at: Date) => at.toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en-GB', { hour12: false });
  return (
    <p className="saved" role="status">
      <span>
        {keptAt === 'nowhere'
          ? t({
              zh: '此浏览器不能在本机保存，请勿关闭页面',
              en: 'This browser keeps nothing on the device: do not close the page',
            })
          : keptAt
            ? t({ zh: `已保存在本机 ${clock(keptAt)}`, en: `Saved on this device at ${clock(keptAt)}` })
            : t({ zh: '输入内容会自动保存', en: 'What you type is saved by itself' })}
      </span>
      {server !== 'none' && <span>{t(serverWords(server, clock))}</span>}
      {leftOut > 0 && (
        <span>
          {t({
            zh: `其中 ${leftOut} 项有误，只保存在本机`,
            en: `${leftOut} of it wrong, and on this device alone`,
          })}
        </span>
      )}
    </p>
  );
}

function serverWords(server: Exclude<ServerState, 'none'>, clock: (at: Date) => string) {
  if (server === 'saving') return { zh: '正在保存到服务器……', en: 'Saving on the server…' };
  if ('savedAt' in server) {
    return {
      zh: `已保存到服务器 ${clock(server.savedAt)}`,
      en: `Saved on the server at ${clock(server.savedAt)}`,
    };
  }
  switch (server.waits) {
    case 'offline':
      return {
        zh: '尚未保存到服务器：网络中断，恢复后自动保存',
        en: 'Not on the server yet: no network. It will be saved when it is back',
      };
    case 'refused':
      return {
        zh: '尚未保存到服务器：有内容需要修改',
        en: 'Not on the server yet: something has to be mended',
      };
    case 'login':
      return { zh: '尚未保存到服务器：请重新登录', en: 'Not on the server yet: log in again' };
  }
}
