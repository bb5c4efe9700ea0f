// @ts-check
// Runs one bench and ends: some libraries keep timers for ever (PeerServer has two after it was closed).
import { pathToFileURL } from 'node:url';

const [script = ''] = process.argv.splice(2, 1);
await import(pathToFileURL(script).href);
process.exit();
