import { createRouter, createWebHistory } from 'vue-router'
import { speak } from './i18n'
import { persona } from './lib/persona'
import { shown } from './lib/place'

export const router = createRouter({
  history: createWebHistory('/app/'),
  routes: [
    { path: '/', redirect: { name: 'projects' } },
    { path: '/projects', name: 'projects', component: () => import('./pages/Projects.vue') },
    { path: '/projects/new', name: 'filing', component: () => import('./pages/Filing.vue') },
    {
      path: '/projects/:code',
      name: 'project',
      props: true,
      component: () => import('./pages/Project.vue'),
    },
    {
      path: '/projects/:code/pairing/:stage',
      name: 'pairing',
      props: true,
      component: () => import('./pages/Pairing.vue'),
    },
    { path: '/bottlenecks', name: 'bottlenecks', component: () => import('./pages/Bottlenecks.vue') },
    { path: '/cockpit', name: 'cockpit', component: () => import('./pages/Cockpit.vue') },
    { path: '/what-if', name: 'what-if', component: () => import('./pages/WhatIf.vue') },
    { path: '/calibration', name: 'calibration', component: () => import('./pages/Calibration.vue') },
    { path: '/agents', name: 'agents', component: () => import('./pages/Agents.vue') },
    { path: '/admin', name: 'admin', component: () => import('./pages/Admin.vue') },
    { path: '/today', name: 'today', component: () => import('./pages/Today.vue') },
    { path: '/inbox', name: 'inbox', component: () => import('./pages/Inbox.vue') },
    { path: '/:rest(.*)*', name: 'missing', component: () => import('./pages/Missing.vue') },
  ],
})

// The start page's doors lead here with persona and language in the address: kept, and taken out.
router.beforeEach((to) => {
  const { persona: asked, lang, ...query } = to.query
  if (asked === undefined && lang === undefined) return true
  if (typeof asked === 'string') persona.value = asked
  if (lang === 'en' || lang === 'zh') speak(lang)
  return { ...to, query, replace: true }
})

// Also where one asks for the same place again.
router.afterEach((to) => {
  if (to.hash) shown(to.hash.slice(1))
})
