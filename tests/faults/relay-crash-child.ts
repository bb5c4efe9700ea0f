import { createRelay } from '../../signal/create-relay.ts';
import { openSqlite } from '../../signal/storage/sqlite/open-sqlite.ts';

/**
 * A relay that kills itself right before or right after a commit of events. Arguments: data folder, the stage, how
 * many commits it lives (0: for ever). Says its origin on the first line.
 */
const [dataDir = '', stage = '', lives = '0'] = process.argv.slice(2);
let commits = 0;

const relay = await createRelay(
  { dataDir, port: 0, demo: true, logLevel: 'silent', appDir: undefined },
  {
    openStorage: (dir) =>
      openSqlite(dir, {
        onCommit(at) {
          if (at === stage && ++commits === Number(lives)) process.kill(process.pid, 'SIGKILL');
        },
      }),
  },
);
process.stdout.write(`${relay.origin}\n`);
