import type { Reroute } from '@sveltejs/kit';

/** Addresses of codes are typed from signs, where all letters are large. */
export const reroute: Reroute = ({ url }) => url.pathname.replace(/^\/C\//u, '/c/');
