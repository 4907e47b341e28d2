import { createRouter, createWebHistory } from 'vue-router'
import { persona } from './lib/persona'

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
    { path: '/today', name: 'today', component: () => import('./pages/Today.vue') },
    { path: '/:rest(.*)*', name: 'missing', component: () => import('./pages/Missing.vue') },
  ],
})

// The start page's doors lead here with the persona in the address; it is kept and taken out.
router.beforeEach((to) => {
  const { persona: asked, ...query } = to.query
  if (typeof asked !== 'string') return true
  persona.value = asked
  return { ...to, query, replace: true }
})
