import { nameOfSender } from "./agent-names.ts";
import { defineTool } from "./define-tool.ts";

const mostAtOnce = 20;

export const mailList = defineTool({
  name: "mail_list",
  summary: `Your unread mail, oldest first, at most ${mostAtOnce} at once; what it shows counts as read. Not for waiting: end your turn, mail wakes you.`,
  needs: ["supervisor", "worker"],
  sensitive: false,
  input: {},
  handle: (_input, { life, view }) => {
    const unread = view.unreadMail.filter((mail) => mail.to === life.agent);
    const shown = unread.slice(0, mostAtOnce);
    return {
      kind: "reply",
      reply: {
        mail: shown.map((mail) => ({
          id: mail.id,
          from: nameOfSender(view, mail.from),
          subject: mail.subject,
          body: mail.body,
        })),
        more: unread.length - shown.length,
      },
      notes: shown.length === 0 ? [] : [{ kind: "mailRead", ids: shown.map(({ id }) => id), life }],
    };
  },
});
