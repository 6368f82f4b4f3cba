using System.Globalization;
using MemScope.Torture;

// torture store [--minutes 10] [--seed S]: exit code 1 when an answer was wrong or a snapshot lost. `fold CONNECTION` is the child that is killed.
switch (args)
{
    case ["fold", var connection]: return await Folder.RunAsync(connection);
    case ["store", ..]: break;
    default:
        Console.Error.WriteLine("usage: ./memscope torture store [--minutes 10] [--seed S]");
        return 2;
}
var minutes = double.Parse(Option("--minutes", "10"), CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed", "1"), CultureInfo.InvariantCulture);
return await StoreTorture.RunAsync(TimeSpan.FromMinutes(minutes), seed, Console.Out);

string Option(string name, string otherwise) => Array.IndexOf(args, name) is > 0 and var i && i + 1 < args.Length ? args[i + 1] : otherwise;
