"""Builds and installs the add-ins for Excel and LibreOffice; their functions come from `xlkpi.functions.FUNCTIONS`.

Doors: `excel.build` and `libreoffice.build` (the file; same versions give the same bytes), `install.install`,
`install.uninstall`, `status.status` (what an installation lacks). May use form, common and i18n.
"""
