"""What stands before everything that is served: pages, API, websocket, live events, 404s.

It knows no route and no feature: it names each request, finds out who is really asking, and says
on every answer what a browser may do with it.
"""
