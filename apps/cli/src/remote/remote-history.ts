import type { HistoryWork } from '../modes/history-work.ts';
import type { Remote } from './open-remote.ts';
import { readHistoryPage } from './read-history.ts';
import { selectingAt } from './remote-selecting.ts';

/** Has a server read the events of the ledgers. */
export async function remoteHistory(remote: Remote): Promise<HistoryWork> {
  return {
    ...(await selectingAt(remote)),
    readHistory: async ({ connections, schemas, migrations, limit, cursor }) => {
      const order = {
        connections,
        schemas,
        migrations,
        limit,
        ...(cursor === null ? {} : { after: cursor }),
      };
      return readHistoryPage(await remote.ask((client) => client.ledgerEvents(order)));
    },
  };
}
