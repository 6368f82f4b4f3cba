using System.Diagnostics;
using System.Text;
using MemScope.Core.Analysis.Probes;

namespace MemScope.Core.Tests.Probes;

/// <summary>The quoting, judged by the shell itself.</summary>
public sealed class ShellTests
{
    private static readonly string[] s_hostile =
    [
        "", " ", "plain", "it's", "'", "''", "'\\''", "\\", "a\\", "$(touch pwned)", "`touch pwned`", "$HOME", "${IFS}", "a;b", "a&&b", "a|b", "a>b", "a<b", "*", "?", "[a-z]", "~", "~root", "#", "!!", "!$", "-n", "--help", "%s%n", "\"", "\"'\"",
        "a b  c", "=", "=ls", "a=~", "a:~root", "-e", "A=b", "http://127.0.0.1:5220", "/usr/lib/x86_64-linux-gnu/libc.so.6", "a@b", "a%b", "a^b", "{a,b}", "$'x'", "\u00e9\u4e2d\U0001f600", "host name (deleted)", "site's $(touch x)", "http://h:1/?a=1&b='2'", "\u200b\u202e",
    ];

    [Fact]
    public async Task A_quoted_text_reaches_a_command_of_the_shell_as_it_is()
    {
        var texts = s_hostile.Concat(Random(200)).ToList();
        var script = string.Concat(texts.Select(t => $"printf '%s\\n' {Shell.Quote(t)}\n"));

        Assert.Equal(texts, (await RunAsync(script)).TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Quoted_texts_side_by_side_stay_words_of_their_own()
    {
        var script = $"for a in {string.Join(' ', s_hostile.Select(Shell.Quote))}; do printf '%s\\n' \"$a\"; done\n";

        Assert.Equal(s_hostile, (await RunAsync(script)).TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Control_characters_which_a_terminal_would_act_on_are_shown_and_not_passed_on()
    {
        foreach (var control in (string[])["a\nb", "a\rb", "a\u001b[201~b", "a\0b", "a\u007fb", "a\u0085b", "a\u2028b", "a\u0003b", "a\tb"])
        {
            var quoted = Shell.Quote(control);

            Assert.DoesNotContain(quoted, c => char.IsControl(c) || c is '\u2028');
            Assert.StartsWith("'a?", quoted, StringComparison.Ordinal);
        }
    }

    // Printable characters, those that mean something to a shell three times as often.
    private static IEnumerable<string> Random(int count)
    {
        const string special = "'\"\\$`!*?[](){}<>|&;#~= ";
        var random = new Random(6);
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(1, 40); length > 0; length--) text.Append(random.Next(4) > 0 ? special[random.Next(special.Length)] : (char)random.Next(0x20, 0x7f));
            yield return text.ToString();
        }
    }

    private static async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8, UseShellExecute = false };
        using var shell = Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }
}
