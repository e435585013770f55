//! `reach help`: the words an evaluator may write, and how a run ends.

use super::args::{self, Help};
use super::voice;
use crate::exit::Exit;

/// Topics beside the commands.
const TOPICS: [&str; 4] = ["roles", "rows", "profiles", "exit-codes"];

/// Prints a topic, or a command's own help.
pub fn help(asked: &Help) -> Exit {
    let mut command = args::command();
    let Some(topic) = asked.topic.as_deref() else {
        voice::out(&format!("{}\nTopics: {}\n", command.render_help(), TOPICS.join(", ")));
        return Exit::Done;
    };
    match topic {
        "roles" => voice::out(&crate::spec::role::help()),
        "rows" => voice::out(&crate::spec::rows::help()),
        "profiles" => voice::out(&crate::protect::help()),
        "exit-codes" => voice::out(&args::exit_page()),
        _ => match command.find_subcommand_mut(topic) {
            Some(sub) => voice::out(&sub.clone().bin_name(format!("reach {topic}")).render_long_help().to_string()),
            None => {
                let known: Vec<&str> =
                    TOPICS.into_iter().chain(command.get_subcommands().map(|c| c.get_name())).collect();
                voice::line(&format!(
                    "There is no help on {:?}. There is on: {}",
                    voice::plain(topic),
                    known.join(", ")
                ));
                return Exit::Usage;
            }
        },
    }
    Exit::Done
}
