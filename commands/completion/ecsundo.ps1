# PowerShell completion for ecsundo, for PowerShell 7 and Windows PowerShell 5.1: in $PROFILE
#
#     ecsundo completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName ecsundo -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @('__complete', '--')
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $words += $element.Value
        } else {
            $words += $element.Extent.Text
        }
    }
    $current = "$wordToComplete".Trim('"', "'")
    # Before 7.3, PowerShell does not hand an empty argument to a program, unless it is written like this.
    if ($current -eq '' -and ($PSVersionTable.PSVersion -lt [version]'7.3' -or "$PSNativeCommandArgumentPassing" -eq 'Legacy')) {
        $words += '""'
    } else {
        $words += $current
    }

    foreach ($line in @(& ecsundo @words 2>$null)) {
        $value, $about = $line -split "`t", 2
        if ($value -eq '' -and $about -eq 'files') {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
        } elseif ($value -ne '') {
            $text = $value
            if ($text -match '[^\w./:=+-]') { $text = "'" + $text.Replace("'", "''") + "'" }
            if (-not $about) { $about = $value }
            [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
        }
    }
}
