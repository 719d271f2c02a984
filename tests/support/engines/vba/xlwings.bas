' In place of xlwings' VBA in tests: LibreOffice has no COM, so that Python is reached through a UNO component.

Public Const PROJECT_NAME As String = "xlkpi"

Public Function XLPy() As Object
    If IsChosen("broken") Then Err.Raise 1000
    Set XLPy = New PythonServer
End Function

Public Function ExecuteWindows(isFrozen As Boolean, command As String, interpreter As String) As Integer
End Function

Public Function GetConfigFilePath() As String
    GetConfigFilePath = Environ("XLKPI_CONF")
End Function

Public Function FileExistsOnWindows(ByVal path As String) As Boolean
    ' Drive C: is a folder of the test, and the current one; its files can be gone.
    If Left$(path, 1) <> "/" Then
        If IsChosen("gone") Then Exit Function
        path = Environ("XLKPI_DRIVE") & "/" & Replace(Replace(path, "C:\", ""), "\", "/")
    End If
    FileExistsOnWindows = Dir(path) <> ""
End Function

Public Function ExpandEnvironmentStrings(ByVal text As String)
    Dim drive As String
    If Not IsChosen("relative") Then drive = "C:\"
    ExpandEnvironmentStrings = Replace(text, "%HOMEDRIVE%\", drive)
End Function

Private Function IsChosen(state As String) As Boolean
    IsChosen = ThisWorkbook.Worksheets(1).Range("Z1").Value = state
End Function

Public Function ReadFile(ByVal path As String)
    ReadFile = path
End Function

Public Function WScript() As Object
End Function
