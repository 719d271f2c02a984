' In place of xlwings' VBA in tests: LibreOffice has no COM, so that Python is reached through a UNO component.

Public Const PROJECT_NAME As String = "xlkpi"

Public Function XLPy() As Object
    If ThisWorkbook.Worksheets(1).Range("Z1").Value = "broken" Then Err.Raise 1000
    Set XLPy = New PythonServer
End Function

Public Function RunPython(command As String)
End Function

Public Function GetConfigFilePath() As String
    GetConfigFilePath = Environ("XLKPI_CONF")
End Function

Public Function FileExists(ByVal path As String) As Boolean
    If path <> "" Then FileExists = Dir(path) <> ""
End Function

Public Function ExpandEnvironmentStrings(ByVal text As String)
    ExpandEnvironmentStrings = Replace(text, "%HOMEDRIVE%", "C:")
End Function

Public Function ReadFile(ByVal path As String)
    ReadFile = path
End Function

Public Function WScript() As Object
End Function
