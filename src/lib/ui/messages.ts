/** Every sentence on the screen, by key: `m.call_hang_up()`. One door, so that the components name one path. */
export * as m from '../i18n/paraglide/messages.js';
